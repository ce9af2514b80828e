/**
 * Models by name: with this artifact beside {@code modernbert-core}, {@code
 * TextEmbedder.load("nomic-ai/modernbert-embed-base")} and its siblings download from the Hugging
 * Face Hub what is not in the cache yet. {@link io.github.modernbert.hub.HubClient} does the same
 * with settings of the caller's own.
 *
 * <p>The cache is that of the Python client {@code huggingface_hub}, and so are the environment
 * variables: {@code HF_HUB_CACHE}, {@code HF_HOME} and {@code XDG_CACHE_HOME} place it; {@code
 * HF_ENDPOINT} names another server; {@code HF_TOKEN}, or the file that {@code hf auth login}
 * writes ({@code HF_TOKEN_PATH}), opens private and gated models, unless {@code
 * HF_HUB_DISABLE_IMPLICIT_TOKEN} is set; {@code HF_HUB_OFFLINE} forbids the network; {@code
 * HF_HUB_ETAG_TIMEOUT} and {@code HF_HUB_DOWNLOAD_TIMEOUT} are the seconds that an answer may take
 * to begin, and to go on; {@code HF_HUB_DISABLE_SYMLINKS} keeps files instead of links; {@code
 * HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY} name proxies (without
 * passwords), before the JVM's own settings.
 *
 * <p>What differs from the Python client: every file is checked against the hash that the hub
 * lists, not only its size; a branch is noted only when its files are complete; a download that
 * broke off is taken up again by the next process, too; the token is sent to the endpoint and never
 * to a host that it redirects to.
 *
 * <p>Threads and JVMs that want the same file wait for the one that downloads it. On Linux and
 * macOS a Python process does not see that lock, nor we its: if both download the same file at the
 * same time, each loads it once and the last to finish puts it in place. On Windows, where both use
 * the same kind of lock, they wait for each other.
 */
@NullMarked
package io.github.modernbert.hub;

import org.jspecify.annotations.NullMarked;

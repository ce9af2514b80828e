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
 * <p>Processes that want the same file wait for the one that downloads it, by the lock files of the
 * Python client. On Linux and macOS that client locks with {@code flock}, which only a JVM with
 * {@code --enable-native-access=ALL-UNNAMED} (on the module path {@code io.github.modernbert.hub})
 * can do, as the {@code modernbert} command does. Other JVMs take another kind of lock: they wait
 * for each other, but not for Python nor Python for them, so that both load a file that both want
 * at the same time; the last to finish puts it in place. Where a file system has no locks, each
 * process loads for itself.
 */
@NullMarked
package io.github.modernbert.hub;

import org.jspecify.annotations.NullMarked;

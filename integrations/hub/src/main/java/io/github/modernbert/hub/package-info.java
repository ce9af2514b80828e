/**
 * Models by name: with this artifact beside {@code modernbert-core}, {@code
 * TextEmbedder.load("nomic-ai/modernbert-embed-base")} and its siblings download from the Hugging
 * Face Hub what is not in the cache yet. {@link io.github.modernbert.hub.HubClient} does the same
 * with settings of the caller's own.
 *
 * <p>The cache is that of the Python client {@code huggingface_hub}, and so are the environment
 * variables: {@code HF_HUB_CACHE}, {@code HF_HOME}, {@code XDG_CACHE_HOME} and {@code HOME} place
 * it, where {@code ~}, {@code ~user}, {@code $NAME} and {@code ${NAME}} are expanded, and before
 * them {@code SENTENCE_TRANSFORMERS_HOME}, which is taken as it is; {@code HF_ENDPOINT} names
 * another server; {@code HF_TOKEN}, or the file that {@code hf auth login} writes ({@code
 * HF_TOKEN_PATH}), opens private and gated models, unless {@code HF_HUB_DISABLE_IMPLICIT_TOKEN} is
 * set; {@code HF_HUB_OFFLINE} forbids the network; {@code HF_HUB_ETAG_TIMEOUT} and {@code
 * HF_HUB_DOWNLOAD_TIMEOUT} are the seconds that an answer may take to begin, and to go on; {@code
 * HF_HUB_DISABLE_SYMLINKS} keeps files instead of links; {@code HTTPS_PROXY}, {@code HTTP_PROXY},
 * {@code ALL_PROXY} and {@code NO_PROXY} name proxies, before the JVM's own settings. A name and a
 * password in a proxy's address are sent to it; for {@code https} addresses the JDK does so only
 * with {@code -Djdk.http.auth.tunneling.disabledSchemes=}. SOCKS proxies are refused when they
 * would be used.
 *
 * <p>Mirrors that do not list the files of a commit are taken, too: names come from the revision
 * then, and what is said of hashes there, or looks like one in an {@code ETag}, is checked.
 *
 * <p>What differs from the Python client: an empty variable is none, and spaces around a value are
 * left out; every file is checked against the hash that the hub lists, not only its size; a branch
 * is noted only when its files are complete; a download that broke off is taken up again by the
 * next process, too; the token is sent to the endpoint and never to a host that it redirects to.
 *
 * <p>Processes that want the same file wait for the one that downloads it, by the lock files of the
 * Python client. On Linux and macOS that client locks with {@code flock}, and so does a JVM that
 * does not deny native access. JVMs with {@code --illegal-native-access=deny}, unless they enable
 * it for {@code ALL-UNNAMED} (on the module path {@code io.github.modernbert.hub}), take another
 * kind of lock: they wait for each other, but not for Python nor Python for them, so that both load
 * a file that both want at the same time; the last to finish puts it in place. Where a file system
 * has no locks, each process loads for itself.
 */
@NullMarked
package io.github.modernbert.hub;

import org.jspecify.annotations.NullMarked;

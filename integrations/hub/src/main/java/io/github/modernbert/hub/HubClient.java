package io.github.modernbert.hub;

import io.github.modernbert.ModelLocator;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Downloads models from the Hugging Face Hub, or a server with its API, into the cache that the
 * Python client uses too. Files in the cache are not downloaded again.
 *
 * {@snippet file="io/github/modernbert/hub/SnippetsTest.java" region="client"}
 *
 * <p>Only files that this library reads are downloaded, and each is checked against the hash that
 * the hub lists. A download that breaks off is resumed where it ended, at once and in later calls.
 * For a branch such as {@code main} the hub is asked in every call; if it cannot be reached, the
 * cached copy is used and a warning logged. For a commit it is not asked again.
 *
 * <p>Settings that the builder does not set are those of the environment variables of the Python
 * client: see the {@linkplain io.github.modernbert.hub package}.
 *
 * <p>Immutable and safe for use by several threads and processes, of which one downloads a file and
 * the others wait for it. A call whose thread is interrupted ends with a {@link
 * java.util.concurrent.CancellationException}; the interrupted flag stays set.
 */
public final class HubClient implements ModelLocator {
  /**
   * The reasons whose message adds that there is no folder of that name either; for a model that is
   * there the hub answers otherwise.
   */
  private static final Set<HubException.Reason> MAY_BE_FOLDER =
      EnumSet.of(
          HubException.Reason.NOT_FOUND,
          HubException.Reason.OFFLINE,
          HubException.Reason.UNREACHABLE);

  private final HubSettings settings;
  private final Snapshot.Setup setup;

  private HubClient(HubSettings settings, Snapshot.Setup setup) {
    this.settings = settings;
    this.setup = setup;
  }

  /**
   * A builder with the settings of the environment.
   *
   * @throws IllegalArgumentException if a variable's value cannot be used
   */
  public static Builder builder() {
    return builder(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  static Builder builder(Map<String, String> environment, Path home) {
    return new Builder(new HubEnvironment(environment, home).settings());
  }

  /**
   * Provides the folder with a model's files, and downloads those that are not in the cache.
   *
   * @param name {@code organisation/name}, or {@code organisation/name@revision} with a branch, a
   *     tag or a commit; without a revision, the branch {@code main}
   * @return the folder in the cache
   * @throws IllegalArgumentException if the name is malformed
   * @throws HubException if the model cannot be provided; {@link HubException#reason} says why
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public Path snapshot(String name) {
    return snapshot(repo(name), Selection.ofModel());
  }

  /**
   * Provides the folder with chosen files of a model, and downloads those that are not in the
   * cache.
   *
   * @param name as for {@link #snapshot(String)}
   * @param patterns patterns of paths such as {@code *.json}, as {@code allow_patterns} of the
   *     Python client: {@code *} stands for any characters, {@code /} included; files whose path
   *     matches one of them are downloaded
   * @return the folder in the cache
   * @throws IllegalArgumentException if the name is malformed
   * @throws HubException if the model cannot be provided; {@link HubException#reason} says why
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public Path snapshot(String name, List<String> patterns) {
    return snapshot(repo(name), Selection.of(patterns));
  }

  /**
   * Provides the folder with a model's files, as {@link #snapshot(String)} does.
   *
   * @param name any text
   * @return the folder in the cache; empty if the text is not the name of a model
   * @throws HubException if the model cannot be provided; {@link HubException#reason} says why
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  @Override
  public Optional<Path> locate(String name) {
    try {
      return RepoName.parse(name).map(repo -> snapshot(repo, Selection.ofModel()));
    } catch (HubException e) {
      throw MAY_BE_FOLDER.contains(e.reason())
          ? new HubException(
              e.reason(), e.getMessage() + "; there is no folder of that name either", e)
          : e;
    }
  }

  private Path snapshot(RepoName name, Selection selection) {
    return new Snapshot(settings, setup, name, selection).folder();
  }

  private static RepoName repo(String name) {
    return RepoName.parse(name)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "expected the name of a model such as organisation/name or"
                    + " organisation/name@revision, found '"
                    + name
                    + "'"));
  }

  /** Builds a {@link HubClient}. */
  public static final class Builder {
    private HubSettings settings;
    private DownloadListener listener = DownloadListener.NONE;
    private Sleeper sleeper = Thread::sleep;
    private FileStorage storage = FileStorage.LOCAL;
    private HubHttp.Connector connector = HubHttp.Connector.OF_JDK;

    private Builder(HubSettings settings) {
      this.settings = settings;
    }

    /**
     * Sets the folder of the cache.
     *
     * @param folder a folder, which is created if it does not exist
     * @return this builder
     */
    public Builder cache(Path folder) {
      settings = settings.cache(folder);
      return this;
    }

    /**
     * Sets the server.
     *
     * @param address an address of {@code http} or {@code https}
     * @return this builder
     * @throws IllegalArgumentException if it is not such an address
     */
    public Builder endpoint(URI address) {
      settings = settings.endpoint(address);
      return this;
    }

    /**
     * Sets the access token, which is sent to the endpoint only, and never to servers that it
     * redirects to.
     *
     * @param value the token; empty for none
     * @return this builder
     */
    public Builder token(String value) {
      settings = settings.token(value);
      return this;
    }

    /**
     * Sets whether only the cache is used, and no network.
     *
     * @param value whether only the cache is used
     * @return this builder
     */
    public Builder offline(boolean value) {
      settings = settings.offline(value);
      return this;
    }

    /**
     * Sets the listener for the progress of downloads.
     *
     * @param value called by the thread that made the call
     * @return this builder
     */
    public Builder progress(DownloadListener value) {
      listener = value;
      return this;
    }

    Builder sleeper(Sleeper value) {
      sleeper = value;
      return this;
    }

    Builder storage(FileStorage value) {
      storage = value;
      return this;
    }

    Builder connector(HubHttp.Connector value) {
      connector = value;
      return this;
    }

    /** Builds the client. */
    public HubClient build() {
      return new HubClient(settings, new Snapshot.Setup(listener, sleeper, storage, connector));
    }
  }
}

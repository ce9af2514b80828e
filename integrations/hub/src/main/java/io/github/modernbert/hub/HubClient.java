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
 * Downloads models from the Hugging Face Hub, or a server like it, into the cache that the Python
 * client uses too; what is there is not loaded again.
 *
 * {@snippet file="io/github/modernbert/hub/SnippetsTest.java" region="client"}
 *
 * <p>Only the files are loaded that this library reads, and each is checked against the hash that
 * the hub lists. Downloads that break off are taken up where they ended, at once and in later
 * calls. A branch such as {@code main} is asked for in every call; if the hub cannot be reached,
 * the cached copy is used and a warning logged. A commit is not asked for again.
 *
 * <p>Unless the builder is told otherwise, settings are those of the environment variables of the
 * Python client: see the {@linkplain io.github.modernbert.hub package}.
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
   * Starts with the settings of the environment.
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
   * The folder with a model's files, downloaded if they are not in the cache.
   *
   * @param name {@code organisation/name}, or {@code organisation/name@revision} with a branch, a
   *     tag or a commit; without one it is the branch {@code main}
   * @throws IllegalArgumentException if it is no such name
   * @throws HubException if the model cannot be had
   */
  public Path snapshot(String name) {
    return snapshot(repo(name), Selection.ofModel());
  }

  /**
   * Like {@link #snapshot(String)} for the files of the caller's choice.
   *
   * @param patterns such as {@code *.json}, as the Python client's {@code allow_patterns}: {@code
   *     *} stands for anything, {@code /} included; a file is loaded if one of them fits its path
   */
  public Path snapshot(String name, List<String> patterns) {
    return snapshot(repo(name), Selection.of(patterns));
  }

  /** Like {@link #snapshot(String)}; empty if it is no name. */
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

  /** Collects settings for a {@link HubClient}. */
  public static final class Builder {
    private HubSettings settings;
    private DownloadListener listener = DownloadListener.NONE;
    private Sleeper sleeper = Thread::sleep;
    private FileStorage storage = FileStorage.LOCAL;

    private Builder(HubSettings settings) {
      this.settings = settings;
    }

    /** Keeps models in another folder. */
    public Builder cache(Path folder) {
      settings = settings.cache(folder);
      return this;
    }

    /**
     * Asks another server.
     *
     * @throws IllegalArgumentException if it is not an address of {@code http} or {@code https}
     */
    public Builder endpoint(URI address) {
      settings = settings.endpoint(address);
      return this;
    }

    /**
     * Sends a token, to the endpoint alone and never to where it redirects; the empty text is none.
     */
    public Builder token(String value) {
      settings = settings.token(value);
      return this;
    }

    /** Uses the cache alone, or not. */
    public Builder offline(boolean value) {
      settings = settings.offline(value);
      return this;
    }

    /** Tells how far downloads have come. */
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

    /** The client. */
    public HubClient build() {
      return new HubClient(settings, new Snapshot.Setup(listener, sleeper, storage));
    }
  }
}

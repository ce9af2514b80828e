package io.github.modernbert.hub;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** One call: makes sure that the wanted files of a revision are in the cache. */
final class Snapshot {
  private static final System.Logger LOG = System.getLogger(Snapshot.class.getName());

  /** With these the cached copy is better than nothing; that a revision is gone is an answer. */
  private static final Set<Reason> CACHE_WILL_DO =
      EnumSet.of(
          Reason.UNREACHABLE, Reason.SERVER, Reason.UNAUTHORIZED, Reason.GATED, Reason.NOT_FOUND);

  private static final double MEGABYTE = 1e6;

  private final HubSettings settings;
  private final Setup setup;
  private final RepoName name;
  private final Selection selection;
  private final CacheFolder cache;

  /** The parts of a client besides its settings. */
  record Setup(
      DownloadListener listener,
      Sleeper sleeper,
      FileStorage storage,
      HubHttp.Connector connector) {}

  Snapshot(HubSettings settings, Setup setup, RepoName name, Selection selection) {
    this.settings = settings;
    this.setup = setup;
    this.name = name;
    this.selection = selection;
    cache = new CacheFolder(settings.cache(), name, settings.symlinks());
  }

  /** The folder with the files. */
  Path folder() {
    Selection.requireSpelled(name, name.revision());
    Optional<String> cached = cachedCommit();
    if (settings.offline()) {
      return cached
          .map(cache::snapshot)
          .orElseThrow(() ->
              new HubException(
                  Reason.OFFLINE,
                  ("%s: not completely in the cache %s, and the network must not be used"
                          + " (HF_HUB_OFFLINE, or offline of the client's builder)")
                      .formatted(name, settings.cache())));
    }
    boolean isKnown = name.isPinned() && cache.listing(name.revision()).read().isPresent();
    if (isKnown && cached.isPresent()) {
      return cache.snapshot(name.revision());
    }
    try (var http = new HubHttp(settings, setup.connector())) {
      return online(new HubApi(http, settings.endpoint(), setup.sleeper()), cached);
    }
  }

  private Path online(HubApi api, Optional<String> cached) {
    HubApi.Revision revision;
    List<RemoteFile> listed;
    try {
      revision =
          name.isPinned()
              ? new HubApi.Revision(name.revision(), Optional.empty())
              : api.revision(name, cached.isPresent() ? 0 : Retries.USUAL);
      listed = listed(api, revision);
    } catch (HubException e) {
      if (cached.isEmpty() || !CACHE_WILL_DO.contains(e.reason())) {
        throw e;
      }
      LOG.log(System.Logger.Level.WARNING, "{0}; the copy in the cache is used", e.getMessage());
      return cache.snapshot(cached.get());
    }
    String commit = revision.commit();
    List<RemoteFile> wanted = selection.of(name, listed);
    if (!cache.hasAll(commit, wanted)) {
      download(api, commit, wanted);
    }
    // Last, so that without network the branch leads to a snapshot that is complete.
    cache.writeRef(name.revision(), commit);
    return cache.snapshot(commit);
  }

  private List<RemoteFile> listed(HubApi api, HubApi.Revision revision) {
    ListingFile listing = cache.listing(revision.commit());
    Optional<List<RemoteFile>> known = listing.read();
    if (known.isPresent()) {
      return known.get();
    }
    List<RemoteFile> files = api.files(name, revision);
    if (files.stream().allMatch(RemoteFile::isListed)) {
      listing.write(files);
    }
    return files;
  }

  /** The commit that the cache holds all wanted files of, as far as it can tell. */
  private Optional<String> cachedCommit() {
    Optional<String> commit =
        name.isPinned() ? Optional.of(name.revision()) : cache.ref(name.revision());
    return commit.filter(this::isComplete);
  }

  private boolean isComplete(String commit) {
    Optional<List<RemoteFile>> listing = cache.listing(commit).read();
    if (listing.isEmpty()) {
      return selection.mayBeUnlisted() && cache.looksComplete(commit);
    }
    try {
      return cache.hasAll(commit, selection.of(name, listing.get()));
    } catch (HubException e) {
      // Not what is wanted: the hub may have something better by now, or says so again.
      return false;
    }
  }

  private void download(HubApi api, String commit, List<RemoteFile> wanted) {
    List<RemoteFile> files =
        wanted.stream()
            .map(file -> cache.has(commit, file) ? file : api.known(name, commit, file))
            .toList();
    long total = files.stream().mapToLong(file -> Math.max(0, file.bytes())).sum();
    tell(
        files.stream()
            .filter(file -> !cache.has(commit, file))
            .filter(file -> !CacheFolder.isWhole(cache.blob(file), file))
            .mapToLong(RemoteFile::bytes)
            .sum());
    long done = 0;
    try {
      cache.create();
      for (RemoteFile file : files) {
        if (!cache.has(commit, file)) {
          download(api, commit, file, done, total);
        }
        done += Math.max(0, file.bytes());
      }
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw cancelled(e);
      }
      throw new HubException(
          Reason.CACHE,
          "%s: the cache %s cannot be written: %s"
              .formatted(name, settings.cache(), BlobWriter.reason(e)),
          e);
    } catch (HubException e) {
      // Files are closed under an interrupted thread.
      throw Thread.currentThread().isInterrupted() ? cancelled(e) : e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(e);
    }
  }

  /**
   * Logs the start of a download unless the caller has a listener: minutes of work are not done in
   * silence.
   */
  private void tell(long bytes) {
    if (bytes > 0 && setup.listener() == DownloadListener.NONE) {
      LOG.log(
          System.Logger.Level.INFO,
          "%s: downloading %,.1f MB into %s".formatted(name, bytes / MEGABYTE, settings.cache()));
    }
  }

  private CancellationException cancelled(Exception cause) {
    var cancelled = new CancellationException(name + ": interrupted");
    cancelled.initCause(cause);
    return cancelled;
  }

  private void download(HubApi api, String commit, RemoteFile file, long before, long total)
      throws IOException, InterruptedException {
    Path blob = cache.blob(file);
    try (BlobLock lock = cache.lock(file)) {
      if (cache.has(commit, file)) {
        return;
      }
      boolean isNew = !CacheFolder.isWhole(blob, file);
      if (isNew) {
        var event = new DownloadEvent(name.toString(), file.path(), file.bytes());
        new BlobDownload(api, setup.sleeper(), setup.storage())
            .run(
                name,
                commit,
                file,
                blob,
                lock,
                bytes ->
                    setup
                        .listener()
                        .progressed(new DownloadProgress(before + bytes, total, file.path())));
        event.commit();
      }
      cache.place(commit, file, isNew);
    }
  }
}

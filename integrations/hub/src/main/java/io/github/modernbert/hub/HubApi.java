package io.github.modernbert.hub;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The three things that are asked of the hub: which commit, which files, and their content. Mirrors
 * that do not list a commit's files by {@code /tree/} tell their names with the revision; what is
 * not said of them there is taken from the answers that bring them.
 */
record HubApi(HubHttp http, URI endpoint, Sleeper sleeper) {
  /** Repositories of models have tens of files. */
  private static final int MOST_FILES = 100_000;

  /** A page of the hub has a thousand files. */
  private static final int MOST_PAGES = 1000;

  /** The most bytes of a file without a stated length that are read to learn its length. */
  private static final int LARGEST_WITHOUT_LENGTH = 32 << 20;

  private static final String FILE = "file";

  /** Why a listing may be missing at a mirror that has the files. */
  private static final Set<Reason> MAY_BE_NAMED =
      EnumSet.of(Reason.SERVER, Reason.NOT_FOUND, Reason.FILE_NOT_FOUND, Reason.UNAUTHORIZED);

  private static final System.Logger LOG = System.getLogger(HubApi.class.getName());

  /**
   * A commit.
   *
   * @param siblings what the answer about it says of its files, if it does: often names alone
   */
  record Revision(String commit, Optional<Json> siblings) {}

  /**
   * The commit that a revision is now.
   *
   * @param retries how often to try again
   */
  Revision revision(RepoName name, int retries) {
    return revision(name, api(name, "/revision/" + encode(name.revision())), retries);
  }

  private Revision revision(RepoName name, URI uri, int retries) {
    Json answer =
        json(
            uri,
            new Retries(sleeper, retries).run(name.toString(), () -> http.document(name, uri)));
    String commit = understood(() -> answer.get("sha").string());
    if (!RepoName.isCommit(commit)) {
      throw new HubException(
          Reason.SERVER, uri + ": sha: expected a commit, found " + HubErrors.shown(commit));
    }
    return new Revision(commit, answer.find("siblings"));
  }

  /** All files of a commit; some are only named where the hub does not list them. */
  List<RemoteFile> files(RepoName name, Revision revision) {
    List<RemoteFile> files;
    HubException refusal = null;
    try {
      files = listed(name, revision.commit());
    } catch (HubException e) {
      if (!MAY_BE_NAMED.contains(e.reason())) {
        throw e;
      }
      LOG.log(System.Logger.Level.DEBUG, "files are taken from the revision: {0}", e.getMessage());
      files = List.of();
      refusal = e;
    }
    if (files.isEmpty()) {
      files = named(name, revision);
    }
    if (refusal != null && files.isEmpty()) {
      throw refusal;
    }
    return files;
  }

  /** The files of a commit by the answer about it: with their hashes, if there are such. */
  private List<RemoteFile> named(RepoName name, Revision revision) {
    for (String query : List.of("?blobs=true", "")) {
      try {
        Revision asked = revision(name, api(name, "/revision/" + revision.commit() + query), 0);
        if (asked.commit().equals(revision.commit()) && asked.siblings().isPresent()) {
          return siblings(asked);
        }
      } catch (HubException e) {
        LOG.log(System.Logger.Level.DEBUG, "the commit is not told", e);
      }
    }
    return siblings(revision);
  }

  private static List<RemoteFile> siblings(Revision revision) {
    List<Json> siblings = understood(() -> revision.siblings().map(Json::items).orElse(List.of()));
    if (siblings.size() > MOST_FILES) {
      throw new HubException(Reason.SERVER, "the hub names %d files".formatted(siblings.size()));
    }
    return understood(() -> siblings.stream().map(HubApi::sibling).toList());
  }

  private static RemoteFile sibling(Json entry) {
    String path = entry.get("rfilename").string();
    String blobId = entry.find("blobId").map(Json::string).orElse("");
    Optional<Long> size = entry.find("size").map(ListingFile::size);
    Optional<RemoteFile.Large> large = large(entry, "sha256");
    if (large.isEmpty() && (blobId.isEmpty() || size.isEmpty())) {
      return RemoteFile.named(path);
    }
    long bytes = size.orElseGet(() -> large.orElseThrow().size());
    return valid(entry, new RemoteFile(path, bytes, blobId, large, Optional.empty()));
  }

  /**
   * The content of a large file, if it is one.
   *
   * @param hash the key of its SHA-256
   */
  private static Optional<RemoteFile.Large> large(Json entry, String hash) {
    return entry
        .find("lfs")
        .map(
            lfs -> new RemoteFile.Large(lfs.get(hash).string(), ListingFile.size(lfs.get("size"))));
  }

  private static RemoteFile valid(Json entry, RemoteFile file) {
    if (!file.isValid()) {
      throw entry.mismatch("a file with its hash");
    }
    return file;
  }

  private List<RemoteFile> listed(RepoName name, String commit) {
    var files = new LinkedHashMap<String, RemoteFile>();
    Optional<URI> next = Optional.of(api(name, "/tree/" + commit + "?recursive=true&expand=false"));
    for (int pages = 0; next.isPresent(); pages++) {
      URI uri = next.get();
      HubHttp.Document document =
          new Retries(sleeper, Retries.USUAL).run(name.toString(), () -> http.document(name, uri));
      List<RemoteFile> page = understood(() -> page(json(uri, document)));
      int before = files.size();
      page.forEach(file -> files.put(file.path(), file));
      boolean goesOn = document.next().isPresent();
      boolean repeats = files.size() - before < page.size() || goesOn && page.isEmpty();
      if (repeats || files.size() > MOST_FILES || pages > MOST_PAGES) {
        throw new HubException(
            Reason.SERVER, "%s: the listing of files does not end".formatted(uri));
      }
      next = document.next();
      if (goesOn && !next.orElseThrow().toString().startsWith(endpoint + "/")) {
        throw new HubException(
            Reason.SERVER, uri + ": the listing of files goes on at another place");
      }
    }
    return List.copyOf(files.values());
  }

  private static List<RemoteFile> page(Json listing) {
    var files = new ArrayList<RemoteFile>();
    for (Json entry : listing.items()) {
      if (entry.get("type").string().equals(FILE)) {
        var file =
            new RemoteFile(
                entry.get("path").string(),
                ListingFile.size(entry.get("size")),
                entry.get("oid").string(),
                large(entry, "oid"),
                entry.find("xetHash").map(Json::string));
        files.add(valid(entry, file));
      }
    }
    return files;
  }

  /**
   * Begins to get a file's content; close the body.
   *
   * @param from the first byte that is wanted
   * @throws IOException if that may go better later
   */
  HttpResponse<TimedBody> content(RepoName name, String commit, RemoteFile file, long from)
      throws IOException, InterruptedException {
    URI uri = address(name, commit, file);
    return http.content(name, uri, from, answer -> requireSame(uri, file, commit, answer));
  }

  private URI address(RepoName name, String commit, RemoteFile file) {
    String path =
        Arrays.stream(file.path().split("/")).map(HubApi::encode).collect(Collectors.joining("/"));
    return URI.create("%s/%s/resolve/%s/%s".formatted(endpoint, name.id(), commit, path));
  }

  /**
   * Completes a file, if only its name is known so far, by what the answer that would bring it says
   * of it.
   */
  RemoteFile known(RepoName name, String commit, RemoteFile file) {
    if (file.isKnown()) {
      return file;
    }
    URI uri = address(name, commit, file);
    return new Retries(sleeper, Retries.USUAL)
        .run(
            "%s: %s".formatted(name, file.path()),
            () -> {
              var first = new AtomicReference<HttpResponse<?>>();
              HttpResponse<TimedBody> answer =
                  http.content(
                      name,
                      uri,
                      0,
                      redirect -> {
                        requireSame(uri, "X-Repo-Commit", commit, redirect);
                        first.set(redirect);
                      });
              try (TimedBody body = answer.body()) {
                return known(uri, commit, file, List.of(first.get(), answer), body);
              }
            });
  }

  private static RemoteFile known(
      URI uri, String commit, RemoteFile file, List<HttpResponse<?>> answers, TimedBody body)
      throws IOException, InterruptedException {
    Optional<String> etag =
        header("X-Linked-Etag", answers.getFirst())
            .or(() -> header("ETag", answers.getFirst()))
            .or(() -> header("ETag", answers.getLast()));
    Optional<Long> size =
        header("X-Linked-Size", answers.getFirst())
            .or(() -> header("Content-Length", answers.getLast()))
            .filter(text -> text.matches("\\d{1,18}"))
            .map(Long::parseLong);
    if (size.isPresent()) {
      return file.known(commit, size.get(), etag.orElse(""));
    }
    byte[] content =
        body.readAll(LARGEST_WITHOUT_LENGTH)
            .orElseThrow(() ->
                new HubException(Reason.SERVER, uri + ": the answer does not say how long it is"));
    return file.known(commit, content.length, etag.orElse(""));
  }

  private static Optional<String> header(String name, HttpResponse<?> answer) {
    return answer.headers().firstValue(name).map(value -> value.replaceAll("^W/|\"", "").strip());
  }

  /** Requires the headers of the answer to agree with the listing: all of it is of one commit. */
  private static void requireSame(URI uri, RemoteFile file, String commit, HttpResponse<?> answer) {
    requireSame(uri, "X-Repo-Commit", commit, answer);
    if (file.hasHash()) {
      requireSame(uri, "X-Linked-Etag", file.etag(), answer);
    }
    requireSame(uri, "X-Linked-Size", String.valueOf(file.bytes()), answer);
  }

  private static void requireSame(URI uri, String header, String expected, HttpResponse<?> answer) {
    String found = header(header, answer).orElse(expected);
    if (!found.equals(expected)) {
      throw new HubException(
          Reason.CORRUPT,
          "%s: %s: expected %s as listed, found %s"
              .formatted(uri, header, expected, HubErrors.shown(found)));
    }
  }

  private URI api(RepoName name, String rest) {
    return URI.create("%s/api/models/%s%s".formatted(endpoint, name.id(), rest));
  }

  private static Json json(URI uri, HubHttp.Document document) {
    return understood(() -> Json.parse(uri.toString(), document.text()));
  }

  private static <T> T understood(Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ModelFileException e) {
      throw new HubException(
          Reason.SERVER, "the hub's answer cannot be understood: " + e.getMessage(), e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

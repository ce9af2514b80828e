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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The three things that are asked of the hub: which commit, which files, and their content. */
final class HubApi {
  /** Repositories of models have tens of files. */
  private static final int MOST_FILES = 100_000;

  private static final String FILE = "file";

  private final HubHttp http;
  private final URI endpoint;
  private final Sleeper sleeper;

  HubApi(HubHttp http, URI endpoint, Sleeper sleeper) {
    this.http = http;
    this.endpoint = endpoint;
    this.sleeper = sleeper;
  }

  /**
   * The commit that a revision is now.
   *
   * @param retries how often to try again
   */
  String commit(RepoName name, int retries) {
    URI uri = api(name, "/revision/" + encode(name.revision()));
    Json answer =
        json(
            uri,
            new Retries(sleeper, retries).run(name.toString(), () -> http.document(name, uri)));
    String commit = understood(() -> answer.get("sha").string());
    if (!RepoName.isCommit(commit)) {
      throw new HubException(Reason.SERVER, uri + ": sha: expected a commit, found " + commit);
    }
    return commit;
  }

  /** All files of a commit. */
  List<RemoteFile> files(RepoName name, String commit) {
    var files = new ArrayList<RemoteFile>();
    Optional<URI> next = Optional.of(api(name, "/tree/" + commit + "?recursive=true&expand=false"));
    while (next.isPresent()) {
      URI uri = next.get();
      HubHttp.Document document =
          new Retries(sleeper, Retries.USUAL).run(name.toString(), () -> http.document(name, uri));
      List<RemoteFile> page = understood(() -> page(json(uri, document)));
      files.addAll(page);
      if (files.size() > MOST_FILES || page.isEmpty() && document.next().isPresent()) {
        throw new HubException(
            Reason.SERVER, "%s: the listing of files does not end".formatted(uri));
      }
      next = document.next();
      if (next.isPresent() && !next.get().toString().startsWith(endpoint + "/")) {
        throw new HubException(
            Reason.SERVER, uri + ": the listing of files goes on at another place");
      }
    }
    return files;
  }

  private static List<RemoteFile> page(Json listing) {
    var files = new ArrayList<RemoteFile>();
    for (Json entry : listing.items()) {
      if (entry.get("type").string().equals(FILE)) {
        Optional<RemoteFile.Large> large =
            entry
                .find("lfs")
                .map(lfs ->
                    new RemoteFile.Large(
                        lfs.get("oid").string(), ListingFile.size(lfs.get("size"))));
        var file =
            new RemoteFile(
                entry.get("path").string(),
                ListingFile.size(entry.get("size")),
                entry.get("oid").string(),
                large,
                entry.find("xetHash").map(Json::string));
        if (!file.isValid()) {
          throw entry.mismatch("a file with its hash");
        }
        files.add(file);
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
    String path =
        Arrays.stream(file.path().split("/")).map(HubApi::encode).collect(Collectors.joining("/"));
    URI uri = URI.create("%s/%s/resolve/%s/%s".formatted(endpoint, name.id(), commit, path));
    return http.content(name, uri, from, answer -> requireSame(uri, file, commit, answer));
  }

  /** What the answer says of itself must be what the listing says: all of it is of one commit. */
  private static void requireSame(URI uri, RemoteFile file, String commit, HttpResponse<?> answer) {
    requireSame(uri, "X-Repo-Commit", commit, answer);
    requireSame(uri, "X-Linked-Etag", file.etag(), answer);
    requireSame(uri, "X-Linked-Size", String.valueOf(file.bytes()), answer);
  }

  private static void requireSame(URI uri, String header, String expected, HttpResponse<?> answer) {
    String found =
        answer.headers().firstValue(header).map(v -> v.replaceAll("^W/|\"", "")).orElse(expected);
    if (!found.equals(expected)) {
      throw new HubException(
          Reason.CORRUPT,
          "%s: %s: expected %s as listed, found %s".formatted(uri, header, expected, found));
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

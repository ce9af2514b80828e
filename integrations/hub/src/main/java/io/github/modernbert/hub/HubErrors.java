package io.github.modernbert.hub;

import io.github.modernbert.hub.HubException.Reason;
import java.net.URI;
import java.net.http.HttpResponse;

/** Translates the hub's refusals into exceptions. */
final class HubErrors {
  private static final int LONGEST_MESSAGE = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private HubErrors() {}

  static HubException of(RepoName name, HubSettings settings, URI uri, HttpResponse<?> answer) {
    boolean tokenSent = settings.token().isPresent();
    String said = header(answer, "X-Error-Message");
    int status = answer.statusCode();
    return switch (header(answer, "X-Error-Code")) {
      case "GatedRepo" -> gated(name, settings, tokenSent);
      case "RevisionNotFound" ->
          new HubException(
              Reason.REVISION_NOT_FOUND,
              "%s: the model has no branch, tag or commit '%s'"
                  .formatted(name.id(), name.revision()));
      case "EntryNotFound" ->
          new HubException(
              Reason.FILE_NOT_FOUND, "%s: there is no %s".formatted(name, uri.getPath()));
      case "RepoNotFound" -> notFound(name, settings, tokenSent);
      default -> {
        if (status == UNAUTHORIZED && said.startsWith("Invalid credentials")) {
          yield new HubException(
              Reason.UNAUTHORIZED, name + ": the hub does not accept the token that was sent");
        }
        if (status == UNAUTHORIZED || status == NOT_FOUND) {
          yield notFound(name, settings, tokenSent);
        }
        Reason reason = status == FORBIDDEN ? Reason.UNAUTHORIZED : Reason.SERVER;
        yield new HubException(
            reason,
            "%s: %s answers %d%s"
                .formatted(name, uri.getHost(), status, said.isEmpty() ? "" : ", " + said));
      }
    };
  }

  private static HubException notFound(RepoName name, HubSettings settings, boolean tokenSent) {
    return new HubException(
        Reason.NOT_FOUND,
        "%s: no such model at %s, or it is private and %s"
            .formatted(
                name.id(),
                settings.endpoint(),
                tokenSent
                    ? "the token that was sent does not open it"
                    : "no token was sent (HF_TOKEN gives one)"));
  }

  private static HubException gated(RepoName name, HubSettings settings, boolean tokenSent) {
    return new HubException(
        Reason.GATED,
        "%s: the model is gated; accept its terms at %s/%s and %s"
            .formatted(
                name.id(),
                settings.endpoint(),
                name.id(),
                tokenSent
                    ? "use a token of that account: the one that was sent has no access"
                    : "give a token of that account (HF_TOKEN)"));
  }

  private static String header(HttpResponse<?> answer, String name) {
    return shown(answer.headers().firstValue(name).orElse(""));
  }

  /** Shortens a server's text to one line for people to read. */
  static String shown(String sent) {
    String text = sent.replaceAll("\\p{Cntrl}", " ").strip();
    return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "...";
  }
}

package io.github.modernbert.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The keys that open the server. All are compared, each in a time that does not depend on where it
 * differs, by digests, so that lengths do not matter either.
 */
final class ApiKeys {
  private static final String BEARER = "Bearer ";

  private final List<byte[]> digests;

  ApiKeys(List<String> keys) {
    digests = keys.stream().map(ApiKeys::digest).toList();
  }

  /** Checks the key of a request: {@code Authorization: Bearer}, or {@code api-key}. */
  void require(HttpFields headers) {
    if (digests.isEmpty()) {
      return;
    }
    String authorization = headers.get(HttpHeader.AUTHORIZATION);
    String key =
        authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length()).strip()
            : headers.get("api-key");
    if (key == null) {
      throw new ApiException(
          ErrorKind.UNAUTHORIZED, "an API key is needed: `Authorization: Bearer KEY`");
    }
    byte[] given = digest(key);
    boolean known = false;
    for (byte[] digest : digests) {
      known |= MessageDigest.isEqual(digest, given);
    }
    if (!known) {
      throw new ApiException(ErrorKind.UNAUTHORIZED, "the API key is wrong");
    }
  }

  private static byte[] digest(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

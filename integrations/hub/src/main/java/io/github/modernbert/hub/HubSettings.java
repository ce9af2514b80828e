package io.github.modernbert.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Where models come from and go to.
 *
 * @param cache the folder of all models
 * @param endpoint the hub, without a slash at the end
 * @param token sent to the endpoint and nowhere else
 * @param offline whether only the cache is used
 * @param symlinks whether the cache may hold symbolic links
 * @param answerTimeout how long a connection, and an answer's beginning, may take
 * @param readTimeout how long an answer may pause
 * @param proxies what to connect through
 */
record HubSettings(
    Path cache,
    URI endpoint,
    Optional<String> token,
    boolean offline,
    boolean symlinks,
    Duration answerTimeout,
    Duration readTimeout,
    EnvironmentProxies proxies) {
  HubSettings {
    endpoint = checked(endpoint);
    token = token.map(String::strip).filter(text -> !text.isEmpty());
    if (!token.orElse("").chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      // Not shown: it is a secret.
      throw new IllegalArgumentException("the token of the hub has characters that no token has");
    }
  }

  /** The address without a slash at its end, if it is one of {@code http} or {@code https}. */
  static URI checked(URI endpoint) {
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    boolean isWeb = scheme.equals("https") || scheme.equals("http");
    if (endpoint.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the address of the hub has a name or a password in it, which are not sent; HF_TOKEN is");
    }
    if (!isWeb || endpoint.getHost() == null || endpoint.getRawQuery() != null) {
      throw new IllegalArgumentException(
          "expected an address such as https://huggingface.co, found " + endpoint);
    }
    String text = endpoint.toString();
    return text.endsWith("/")
        ? checked(URI.create(text.substring(0, text.length() - 1)))
        : endpoint;
  }

  HubSettings cache(Path value) {
    return new HubSettings(
        value, endpoint, token, offline, symlinks, answerTimeout, readTimeout, proxies);
  }

  HubSettings endpoint(URI value) {
    return new HubSettings(
        cache, value, token, offline, symlinks, answerTimeout, readTimeout, proxies);
  }

  HubSettings token(String value) {
    return new HubSettings(
        cache,
        endpoint,
        Optional.of(value),
        offline,
        symlinks,
        answerTimeout,
        readTimeout,
        proxies);
  }

  HubSettings offline(boolean value) {
    return new HubSettings(
        cache, endpoint, token, value, symlinks, answerTimeout, readTimeout, proxies);
  }
}

package io.github.modernbert.hub;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The proxies of {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code ALL_PROXY}, in small letters
 * too, which come first, and the hosts of {@code NO_PROXY}, which are connected to without; where
 * no proxy is named, the JVM's own. Nothing is refused before it is used.
 */
final class EnvironmentProxies extends ProxySelector {
  private static final String ENDING = "_proxy";
  private static final int HTTP_PORT = 80;

  private final Map<String, Named> proxies = new TreeMap<>();
  private final List<NoProxy> direct;

  /**
   * @param variable what names the proxy, for messages, which do not show the address: it may hold
   *     a password
   */
  private record Named(String variable, String address) {}

  EnvironmentProxies(Map<String, String> variables) {
    variables.forEach((name, value) -> {
      if (name.toLowerCase(Locale.ROOT).endsWith(ENDING) && !value.isBlank()) {
        proxies.put(kind(name), new Named(name, value.strip()));
      }
    });
    if (variables.containsKey("REQUEST_METHOD")) {
      // In a CGI program HTTP_PROXY is what a client sent as the header "Proxy" (CVE-2016-1000110).
      proxies.remove("http");
    }
    variables.forEach((name, value) -> {
      if (name.endsWith(ENDING)) {
        proxies.remove(kind(name));
        if (!value.isBlank()) {
          proxies.put(kind(name), new Named(name, value.strip()));
        }
      }
    });
    Named exceptions = proxies.remove("no");
    direct =
        exceptions == null
            ? List.of()
            : Arrays.stream(exceptions.address.split(","))
                .map(NoProxy::parse)
                .flatMap(Optional::stream)
                .toList();
  }

  private static String kind(String variable) {
    return variable.substring(0, variable.length() - ENDING.length()).toLowerCase(Locale.ROOT);
  }

  /**
   * The only proxy to connect to an address by; {@link Proxy#NO_PROXY} if it needs none.
   *
   * @throws HubException if it is of a kind that cannot be used
   */
  @Override
  public List<Proxy> select(URI uri) {
    if (proxies.isEmpty()) {
      ProxySelector jvm = ProxySelector.getDefault();
      List<Proxy> selected = jvm == null ? List.of() : jvm.select(uri);
      if (!selected.isEmpty() && selected.getFirst().type() == Proxy.Type.SOCKS) {
        // The HTTP client would go past it without a word.
        throw new HubException(Reason.UNREACHABLE, "socksProxyHost: " + unusable("SOCKS proxies"));
      }
      return selected.isEmpty() ? List.of(Proxy.NO_PROXY) : selected;
    }
    Optional<URI> proxy = named(uri).map(EnvironmentProxies::address);
    return List.of(
        proxy
            .map(at ->
                new Proxy(
                    Proxy.Type.HTTP,
                    InetSocketAddress.createUnresolved(
                        at.getHost(), at.getPort() < 0 ? HTTP_PORT : at.getPort())))
            .orElse(Proxy.NO_PROXY));
  }

  /** The credentials of the {@code Proxy-Authorization} header for the proxy of an address. */
  Optional<String> authorization(URI uri) {
    return named(uri)
        .map(proxy -> address(proxy).getRawUserInfo())
        .map(user -> user.contains(":") ? user : user + ":")
        .map(user -> URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8))
        .map(user -> Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)))
        .map(user -> "Basic " + user);
  }

  private Optional<Named> named(URI uri) {
    return direct.stream().anyMatch(exception -> exception.matches(uri))
        ? Optional.empty()
        : Optional.ofNullable(proxies.get(uri.getScheme().toLowerCase(Locale.ROOT)))
            .or(() -> Optional.ofNullable(proxies.get("all")));
  }

  private static URI address(Named proxy) {
    Optional<URI> parsed = parse(proxy.address);
    String scheme = parsed.map(uri -> uri.getScheme().toLowerCase(Locale.ROOT)).orElse("");
    String problem =
        switch (scheme) {
          case "http" -> "";
          case "https" -> unusable("proxies that are spoken to by TLS");
          case "socks", "socks4", "socks4a", "socks5", "socks5h" -> unusable("SOCKS proxies");
          default -> "expected an address such as http://proxy.example:8080";
        };
    if (!problem.isEmpty()) {
      throw new HubException(Reason.UNREACHABLE, proxy.variable + ": " + problem);
    }
    return parsed.orElseThrow();
  }

  private static Optional<URI> parse(String address) {
    try {
      return Optional.of(URI.create(address.contains("://") ? address : "http://" + address))
          .filter(uri -> uri.getHost() != null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String unusable(String kind) {
    return kind
        + " are not supported; give one as http://proxy.example:8080, or list the hub's host in"
        + " NO_PROXY";
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException problem) {
    // The request fails with the same exception.
  }
}

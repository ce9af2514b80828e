package io.github.modernbert.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY},
 * in small letters too, which come first; where there are none, those of the JVM.
 */
final class EnvironmentProxies extends ProxySelector {
  private final Map<String, Proxy> byScheme = new HashMap<>();
  private final List<String> direct;

  private EnvironmentProxies(Map<String, String> variables) {
    for (String scheme : List.of("http", "https")) {
      String address = value(variables, scheme + "_proxy");
      address = address.isEmpty() ? value(variables, "all_proxy") : address;
      if (!address.isEmpty()) {
        byScheme.put(scheme, proxy(scheme + "_proxy", address));
      }
    }
    direct =
        Arrays.stream(value(variables, "no_proxy").toLowerCase(Locale.ROOT).split(","))
            .map(String::strip)
            .map(host ->
                host.startsWith("*.") || host.startsWith(".")
                    ? host.substring(host.indexOf('.') + 1)
                    : host)
            .filter(host -> !host.isEmpty())
            .toList();
  }

  static EnvironmentProxies of(Map<String, String> variables) {
    return new EnvironmentProxies(variables);
  }

  private static String value(Map<String, String> variables, String name) {
    String small = variables.getOrDefault(name, "").strip();
    return small.isEmpty()
        ? variables.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : small;
  }

  private static Proxy proxy(String name, String address) {
    URI uri;
    try {
      uri = URI.create(address.contains("://") ? address : "http://" + address);
    } catch (IllegalArgumentException e) {
      throw unusable(name, e);
    }
    if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
      throw unusable(name, null);
    }
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
  }

  /** Does not show the address, which may hold a password. */
  private static IllegalArgumentException unusable(String name, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        name + ": expected an address such as http://proxy.example:8080", cause);
  }

  @Override
  public List<Proxy> select(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (byScheme.isEmpty()) {
      ProxySelector jvm = ProxySelector.getDefault();
      return jvm == null ? List.of(Proxy.NO_PROXY) : jvm.select(uri);
    }
    Proxy proxy = byScheme.get(scheme);
    return List.of(proxy == null || isDirect(uri) ? Proxy.NO_PROXY : proxy);
  }

  private boolean isDirect(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return direct.stream()
        .anyMatch(name ->
            name.equals("*")
                || host.equals(name)
                || host.endsWith("." + name)
                || (host + ":" + uri.getPort()).equals(name));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException problem) {
    // The request fails with the same exception.
  }
}

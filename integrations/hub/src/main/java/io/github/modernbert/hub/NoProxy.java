package io.github.modernbert.hub;

import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry of {@code NO_PROXY}, with the meaning it has for the HTTP client of the Python client:
 *
 * <ul>
 *   <li>{@code *} is every host;
 *   <li>{@code example.com} is that host and those below it;
 *   <li>{@code .example.com} and {@code *.example.com} are those below it only;
 *   <li>{@code localhost} and addresses are themselves, {@code 10.0.0.0/8} a network of them;
 *   <li>{@code https://} before a host, and a port behind it, restrict it further.
 * </ul>
 *
 * @param scheme of the addresses it is for; empty for all
 * @param host whether it is for a host, in small letters
 * @param port of the addresses it is for, as they give it; −1 for all
 */
record NoProxy(String scheme, Predicate<String> host, int port) {
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f.]*:[0-9a-f:.]*(/\\d+)?");

  private static final Pattern ENTRY =
      Pattern.compile("(?:([a-z][a-z0-9+.-]*)://)?(\\[[0-9a-f:.]+\\]|[^:\\[\\]]+)(?::(\\d{1,5}))?");

  /** Reads an entry; what cannot be understood is left out, as there. */
  static Optional<NoProxy> parse(String entry) {
    String text = entry.strip().toLowerCase(Locale.ROOT);
    if (IPV6.matcher(text).matches()) {
      return hosts(text, true).map(host -> new NoProxy("", host, -1));
    }
    Matcher parts = ENTRY.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    boolean exact = parts.group(1) != null;
    int port = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
    String scheme = !exact || parts.group(1).equals("all") ? "" : parts.group(1);
    return hosts(parts.group(2), exact).map(host -> new NoProxy(scheme, host, port));
  }

  private static Optional<Predicate<String>> hosts(String host, boolean exact) {
    if (host.equals("*")) {
      return Optional.of(any -> true);
    }
    if (host.startsWith("*.") || host.startsWith(".")) {
      String ending = host.substring(host.indexOf('.'));
      return Optional.of(name -> name.endsWith(ending) && name.length() > ending.length());
    }
    if (host.contains("/")) {
      return network(host);
    }
    Optional<byte[]> address = address(host);
    if (address.isPresent()) {
      return Optional.of(
          name -> address(name).filter(other -> Arrays.equals(other, address.get())).isPresent());
    }
    return Optional.of(
        exact || host.equals("localhost")
            ? host::equals
            : name -> name.equals(host) || name.endsWith("." + host));
  }

  /** The addresses of a network such as {@code 10.0.0.0/8}. */
  private static Optional<Predicate<String>> network(String text) {
    int slash = text.indexOf('/');
    String length = text.substring(slash + 1);
    Optional<byte[]> network = address(text.substring(0, slash));
    if (network.isEmpty() || !length.matches("\\d{1,3}")) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(length);
    return bits > network.get().length * Byte.SIZE
        ? Optional.empty()
        : Optional.of(name ->
            address(name).filter(other -> sameBits(other, network.get(), bits)).isPresent());
  }

  private static boolean sameBits(byte[] a, byte[] b, int count) {
    if (a.length != b.length) {
      return false;
    }
    int whole = count / Byte.SIZE;
    int left = count % Byte.SIZE;
    return Arrays.equals(a, 0, whole, b, 0, whole)
        && (left == 0 || (a[whole] ^ b[whole]) >> (Byte.SIZE - left) == 0);
  }

  /** The bytes of an address that is written as one; no name is looked up. */
  private static Optional<byte[]> address(String text) {
    String plain = text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
    if (!plain.matches("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(plain).getAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether an address is connected to without a proxy. */
  boolean matches(URI uri) {
    return (scheme.isEmpty() || scheme.equalsIgnoreCase(uri.getScheme()))
        && (port < 0 || port == uri.getPort())
        && host.test(uri.getHost().toLowerCase(Locale.ROOT));
  }
}

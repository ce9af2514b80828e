package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and sockets of the file system. */
final class TransportTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir private Path folder;

  /** A key pair made by the JDK's keytool, with a certificate for the loopback address. */
  private KeyStore keyPair(String algorithm) throws Exception {
    Path file = folder.resolve(algorithm + ".p12");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  private Path pem(String name, String kind, byte[] content) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(content), kind));
  }

  private static HttpClient trusting(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @Test
  void tlsFromPemFiles() throws Exception {
    for (String algorithm : new String[] {"EC", "RSA"}) {
      KeyStore store = keyPair(algorithm);
      Path certificate =
          pem("certificate.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
      Path key = pem("key.pem", "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
      try (TestServer server =
              TestServer.startWithoutModels(
                  "--tls-certificate=" + certificate, "--tls-key=" + key);
          HttpClient client = trusting(store)) {
        assertEquals("https", server.address().getScheme());
        assertEquals(
            200,
            client
                .send(
                    HttpRequest.newBuilder(server.at("/live")).build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode());
      }
    }
  }

  @Test
  void keysThatCannotBeUsedAreNamed() throws Exception {
    KeyStore store = keyPair("EC");
    Path certificate =
        pem("certificate.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
    Path old = pem("old.pem", "RSA PRIVATE KEY", new byte[] {1, 2, 3});
    assertTrue(startError(certificate, old).contains("openssl pkcs8 -topk8"));
    assertTrue(startError(certificate, certificate).endsWith("no private key in it"));
    Path broken = pem("broken.pem", "PRIVATE KEY", new byte[] {1, 2, 3});
    assertTrue(startError(certificate, broken).contains("expected a key of one of"));
    assertTrue(startError(folder.resolve("nix"), old).startsWith("cannot read "));
  }

  private static String startError(Path certificate, Path key) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    TestServer.startWithoutModels(
                        "--tls-certificate=" + certificate, "--tls-key=" + key))
            .getMessage());
  }

  @Test
  void aSocketOfTheFileSystem() throws IOException {
    Path socket = folder.resolve("server.sock");
    try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    assertTrue(Files.exists(socket), "a server that was killed leaves it behind");
    try (TestServer server = TestServer.startWithoutModels("--unix-socket=" + socket)) {
      assertEquals("unix:" + socket, server.address().toString());
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.write(
            ByteBuffer.wrap(
                "GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.UTF_8)));
        try (InputStream in = Channels.newInputStream(channel)) {
          String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
          assertTrue(answer.startsWith("HTTP/1.1 200 OK"), answer);
        }
      }
    }
    assertFalse(Files.exists(socket));
  }

  @Test
  void aFileIsNotDeletedForASocket() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "mine");
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class,
            () -> TestServer.startWithoutModels("--unix-socket=" + file));
    assertTrue(String.valueOf(e.getMessage()).endsWith("notes.txt is there and is no socket"));
    assertEquals("mine", Files.readString(file));
  }
}

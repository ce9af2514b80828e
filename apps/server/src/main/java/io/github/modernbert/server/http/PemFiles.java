package io.github.modernbert.server.http;

import io.github.modernbert.server.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a certificate and its key from PEM files. */
final class PemFiles {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]*)-----END");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private PemFiles() {}

  /**
   * A key store, in memory, with the certificate and the key under an empty password.
   *
   * @throws IllegalArgumentException if a file cannot be read or used
   */
  static KeyStore read(Settings.Tls files) {
    try (InputStream in = Files.newInputStream(files.certificate())) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new IllegalArgumentException(files.certificate() + ": no certificate in it");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key(files.key()), new char[0], chain);
      return store;
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "%s and %s: %s".formatted(files.certificate(), files.key(), e.getMessage()), e);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!block.find()) {
      throw new IllegalArgumentException(file + ": no private key in it");
    }
    if (!block.group(1).equals("PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "%s: expected a key in PKCS #8 (BEGIN PRIVATE KEY), found BEGIN %s; convert it with"
                  .formatted(file, block.group(1))
              + " `openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW`");
    }
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(2)));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        System.getLogger(PemFiles.class.getName())
            .log(System.Logger.Level.DEBUG, file + " is no key for " + algorithm);
      }
    }
    throw new IllegalArgumentException(
        file + ": expected a key of one of " + ALGORITHMS + ", found another");
  }
}

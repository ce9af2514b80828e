package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Compares digests of results with those of {@code src-test-data/golden-extra/bits.json}: the bits
 * must be the same on every machine, operating system and kind of kernels.
 */
final class BitsTest {
  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void update(MessageDigest digest, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    digest.update(bytes);
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The vectors of the bundled model, of the texts that are golden for it. */
  private static String bundled(Precision precision) {
    Path file = Golden.project().resolve("src-test-data/golden-extra/mini/golden.json");
    var texts = new ArrayList<String>();
    Golden.json(file)
        .getAsJsonObject()
        .getAsJsonArray("cases")
        .forEach(c -> texts.add(c.getAsJsonObject().get("text").getAsString()));
    MessageDigest digest = sha256();
    try (var embedder = TextEmbedder.bundled(LoadOptions.defaults().precision(precision))) {
      for (float[] vector : embedder.embed(texts).toArray()) {
        update(digest, vector);
      }
    }
    return hex(digest);
  }

  /** The last hidden states of small checkpoints, of one sequence of up to 300 tokens each. */
  private static String checkpoints() {
    MessageDigest digest = sha256();
    Path tasks = Golden.project().resolve("src-test-data/golden-extra/tasks");
    for (Path folder : Golden.folders(tasks, "config.json", "model.safetensors")) {
      try (var model = ModernBertModel.load(folder)) {
        int length = Math.min(300, model.config().maxPositionEmbeddings());
        var ids = new int[length];
        for (int i = 0; i < length; i++) {
          ids[i] = (7 + 31 * i) % model.config().vocabSize();
        }
        for (float[] state : model.lastHiddenState(ids)) {
          update(digest, state);
        }
      }
    }
    return hex(digest);
  }

  @Test
  void digestsAreTheSameOnEveryMachine() {
    var expected = new TreeMap<String, String>();
    Golden.json(Golden.project().resolve("src-test-data/golden-extra/bits.json"))
        .getAsJsonObject()
        .asMap()
        .forEach((name, digest) -> expected.put(name, digest.getAsString()));
    var found = new TreeMap<String, String>();
    found.put("small checkpoints", checkpoints());
    for (Precision precision : Precision.values()) {
      found.put("bundled model, " + precision.key(), bundled(precision));
    }
    assertEquals(expected, found);
    found.forEach((name, digest) -> System.out.println("bits of " + name + ": " + digest));
  }
}

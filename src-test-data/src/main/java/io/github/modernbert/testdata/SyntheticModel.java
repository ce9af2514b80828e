package io.github.modernbert.testdata;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * ModernBERT-base- and -large-shaped models whose weights follow from a seed, as {@code
 * src-test-data/tools/synthetic.py} specifies them.
 */
public enum SyntheticModel {
  /** As ModernBERT-base. */
  BASE(768, 1152, 22, 12),

  /** As ModernBERT-large. */
  LARGE(1024, 2624, 28, 16);

  private static final int VOCABULARY = 50_368;
  private static final int CLS = 50_281;
  private static final int SEP = 50_282;

  private final int hidden;
  private final int intermediate;
  private final int layers;
  private final int heads;

  SyntheticModel(int hidden, int intermediate, int layers, int heads) {
    this.hidden = hidden;
    this.intermediate = intermediate;
    this.layers = layers;
    this.heads = heads;
  }

  /** Dimensions of a hidden state. */
  public int hiddenSize() {
    return hidden;
  }

  /** Dimensions between the two products of an MLP, after its gate. */
  public int intermediateSize() {
    return intermediate;
  }

  /** Token ids between the special ones: words of no meaning, the same for a seed and length. */
  public static int[] tokenIds(long seed, int length) {
    var stream = new SplittableRandom(seed + 1_000_003L * length);
    var ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = 2 + (int) ((stream.nextLong() >>> 1) % 50_000);
    }
    ids[0] = CLS;
    if (length > 1) {
      ids[length - 1] = SEP;
    }
    return ids;
  }

  /** Writes {@code config.json} and {@code model.safetensors}. */
  public void write(Path folder, long seed) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        new Gson()
            .toJson(
                Map.of(
                    "model_type", "modernbert",
                    "vocab_size", VOCABULARY,
                    "hidden_size", hidden,
                    "intermediate_size", intermediate,
                    "num_hidden_layers", layers,
                    "num_attention_heads", heads)));
    writeWeights(folder, seed, VOCABULARY, hidden, intermediate, layers);
  }

  /**
   * Writes {@code model.safetensors} of a model with these sizes.
   *
   * @param intermediate dimensions between the two products of an MLP, after its gate
   */
  public static void writeWeights(
      Path folder, long seed, int vocabulary, int hidden, int intermediate, int layers)
      throws IOException {
    Map<String, int[]> shapes = shapes(vocabulary, hidden, intermediate, layers);
    var header = new LinkedHashMap<String, Object>();
    long end = 0;
    for (var tensor : shapes.entrySet()) {
      long from = end;
      end += count(tensor.getValue()) * Float.BYTES;
      header.put(
          tensor.getKey(),
          Map.of(
              "dtype", "F32", "shape", tensor.getValue(), "data_offsets", new long[] {from, end}));
    }
    byte[] json = new Gson().toJson(header).getBytes(StandardCharsets.UTF_8);
    try (var channel =
        FileChannel.open(
            folder.resolve("model.safetensors"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(start.putLong(json.length).put(json).flip());
      var stream = new SplittableRandom(seed);
      for (var tensor : shapes.entrySet()) {
        write(channel, tensor.getKey(), count(tensor.getValue()), stream);
      }
    }
  }

  private static void write(FileChannel channel, String name, long count, SplittableRandom stream)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < count; i++) {
      float u = ((stream.nextLong() >>> 40) - (1 << 23)) * 0x1p-23f;
      buffer.putFloat(scaled(name, u));
      if (!buffer.hasRemaining() || i == count - 1) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        buffer.clear();
      }
    }
  }

  private static float scaled(String name, float u) {
    if (name.endsWith("norm.weight")) {
      return 1f + u * 0.25f;
    }
    if (name.contains("tok_embeddings")) {
      return u;
    }
    return u * (name.endsWith("Wo.weight") ? 0x1p-5f : 0x1p-4f);
  }

  private static Map<String, int[]> shapes(
      int vocabulary, int hidden, int intermediate, int layers) {
    var shapes = new TreeMap<String, int[]>();
    shapes.put("embeddings.tok_embeddings.weight", new int[] {vocabulary, hidden});
    shapes.put("embeddings.norm.weight", new int[] {hidden});
    shapes.put("final_norm.weight", new int[] {hidden});
    for (int i = 0; i < layers; i++) {
      String layer = "layers." + i + ".";
      if (i > 0) {
        shapes.put(layer + "attn_norm.weight", new int[] {hidden});
      }
      shapes.put(layer + "attn.Wqkv.weight", new int[] {3 * hidden, hidden});
      shapes.put(layer + "attn.Wo.weight", new int[] {hidden, hidden});
      shapes.put(layer + "mlp_norm.weight", new int[] {hidden});
      shapes.put(layer + "mlp.Wi.weight", new int[] {2 * intermediate, hidden});
      shapes.put(layer + "mlp.Wo.weight", new int[] {hidden, intermediate});
    }
    return shapes;
  }

  private static long count(int[] shape) {
    return shape.length == 1 ? shape[0] : (long) shape[0] * shape[1];
  }
}

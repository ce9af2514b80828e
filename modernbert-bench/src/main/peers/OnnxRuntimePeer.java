import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.modernbert.bench.compare.Model;
import io.github.modernbert.bench.compare.PeerServer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime's Java artifact as a peer of the comparison. The comparison compiles it when it
 * starts; the artifact comes with Maven's profile {@code peers} and is on no class path of the
 * library.
 */
final class OnnxRuntimePeer implements Model {
  private static final long PAD = 50_283;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final String settings;
  private final OrtSession session;

  private OnnxRuntimePeer(Path file, int threads) throws OrtException {
    try (var options = new SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
    }
    settings = "%s, intra-op threads %d".formatted(file.getFileName(), threads);
  }

  public static void main(String[] arguments) throws IOException {
    PeerServer.serve((name, folder, threads) -> {
      try {
        return new OnnxRuntimePeer(folder.resolve("onnx").resolve(name), threads);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Override
  public Map<String, String> versions() {
    return Map.of("onnxruntime (Java)", environment.getVersion());
  }

  @Override
  public String settings() {
    return settings;
  }

  @Override
  public float[][] embed(List<int[]> texts) {
    int longest = texts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    var ids = LongBuffer.allocate(texts.size() * longest);
    var mask = LongBuffer.allocate(texts.size() * longest);
    for (int[] text : texts) {
      for (int i = 0; i < longest; i++) {
        ids.put(i < text.length ? text[i] : PAD);
        mask.put(i < text.length ? 1 : 0);
      }
    }
    long[] shape = {texts.size(), longest};
    try (var input = OnnxTensor.createTensor(environment, ids.flip(), shape);
        var attention = OnnxTensor.createTensor(environment, mask.flip(), shape);
        var output = session.run(Map.of("input_ids", input, "attention_mask", attention))) {
      return means((OnnxTensor) output.get(0), texts);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[][] means(OnnxTensor hidden, List<int[]> texts) {
    long[] shape = hidden.getInfo().getShape();
    int width = (int) shape[2];
    FloatBuffer states = hidden.getFloatBuffer();
    var means = new float[texts.size()][width];
    var row = new float[width];
    for (int t = 0; t < means.length; t++) {
      int tokens = texts.get(t).length;
      for (int i = 0; i < tokens; i++) {
        states.get((t * (int) shape[1] + i) * width, row);
        for (int d = 0; d < width; d++) {
          means[t][d] += row[d] / tokens;
        }
      }
    }
    return means;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Single matrix products in ONNX Runtime, on one thread. Reads lines {@code FILE ROWS DEPTH TIMES}
 * and answers each with the last element of the result and the seconds of each time.
 */
final class OnnxRuntimeProducts {
  private OnnxRuntimeProducts() {}

  public static void main(String[] arguments) throws IOException, OrtException {
    var environment = OrtEnvironment.getEnvironment();
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = requests.readLine()) != null; ) {
      String[] words = line.split(" ");
      try (var options = new SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        try (var session = environment.createSession(Path.of(words[0]).toString(), options)) {
          int rows = Integer.parseInt(words[1]);
          int depth = Integer.parseInt(words[2]);
          System.out.println(run(environment, session, rows, depth, Integer.parseInt(words[3])));
        }
      }
    }
  }

  /** x is small multiples of 1/64, as the weights are. */
  private static String run(
      OrtEnvironment environment, OrtSession session, int rows, int depth, int times)
      throws OrtException {
    FloatBuffer x =
        ByteBuffer.allocateDirect(rows * depth * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < depth; k++) {
        x.put(((7 * r + 13 * k) % 89 - 44) / 64f);
      }
    }
    var answer = new StringBuilder();
    try (var input = OnnxTensor.createTensor(environment, x.flip(), new long[] {rows, depth})) {
      for (int i = 0; i < times; i++) {
        long start = System.nanoTime();
        try (var output = session.run(Map.of("x", input))) {
          double seconds = (System.nanoTime() - start) / 1e9;
          if (i == 0) {
            FloatBuffer y = ((OnnxTensor) output.get(0)).getFloatBuffer();
            answer.append(y.get(y.limit() - 1));
          }
          answer.append(' ').append(seconds);
        }
      }
    }
    return answer.toString();
  }
}

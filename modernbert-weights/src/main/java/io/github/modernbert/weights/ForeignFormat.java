package io.github.modernbert.weights;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Recognises files that are often found in place of a safetensors file, for the advice in a
 * message.
 */
final class ForeignFormat {
  static final int BYTES_NEEDED = 64;

  private static final Map<String, String> HINTS = new LinkedHashMap<>();

  static {
    HINTS.put(
        "version https://git-lfs",
        "this is a git-lfs pointer in place of the file: fetch the file with `git lfs pull`");
    HINTS.put("\u0080", "this is a Python pickle that torch.save did not write: refused");
    HINTS.put("\u0089HDF", "this is an HDF5 file: convert it to safetensors");
    HINTS.put("GGUF", "this is a GGUF file: use the safetensors file of the model");
    HINTS.put("<", "this is a web page or XML: the download failed");
    HINTS.put("{", "this is JSON text: a safetensors file begins with the length of its header");
  }

  private ForeignFormat() {}

  /** A sentence to append to the error; empty if the beginning of the file is not recognised. */
  static String hint(byte[] beginning) {
    String text = new String(beginning, StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> hint : HINTS.entrySet()) {
      if (text.startsWith(hint.getKey())) {
        return "; " + hint.getValue();
      }
    }
    return "";
  }
}

package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed header of one safetensors file: tensors in the order of their data, and metadata
 * ({@code null} when the file has none).
 */
record SafetensorsHeader(List<HeaderEntry> tensors, @Nullable Map<String, String> metadata) {

  /**
   * Parses and checks a header.
   *
   * @param dataBytes how many bytes follow the header in the file
   * @throws ModelFileException if it breaks a rule of the format
   */
  static SafetensorsHeader parse(String file, byte[] header, long dataBytes) {
    var scanner = new HeaderScanner(file, header);
    var reader = new HeaderReader(scanner);
    scanner.object("header", reader::member);
    scanner.end();

    List<HeaderEntry> tensors = new ArrayList<>(reader.tensors.values());
    tensors.sort(
        Comparator.comparing(HeaderEntry::begin, Long::compareUnsigned)
            .thenComparing(HeaderEntry::end, Long::compareUnsigned));
    long end = 0;
    for (HeaderEntry tensor : tensors) {
      tensor.check(file, end);
      end = tensor.end();
    }
    if (end != dataBytes) {
      throw new ModelFileException(
          file,
          "header describes %s bytes of tensors, the file holds %d"
              .formatted(Long.toUnsignedString(end), dataBytes));
    }
    return new SafetensorsHeader(List.copyOf(tensors), reader.metadata);
  }

  /** Collects the members; of several tensors with the same name the last counts. */
  private static final class HeaderReader {
    private final HeaderScanner scanner;
    private final Map<String, HeaderEntry> tensors = new LinkedHashMap<>();
    private @Nullable Map<String, String> metadata;
    private boolean sawMetadata;

    HeaderReader(HeaderScanner scanner) {
      this.scanner = scanner;
    }

    void member(String key) {
      if (key.equals("__metadata__")) {
        metadata();
      } else {
        tensors.put(key, new HeaderEntryReader(scanner, key).read());
      }
    }

    private void metadata() {
      if (sawMetadata) {
        throw scanner.error("__metadata__ stands twice");
      }
      sawMetadata = true;
      if (!scanner.acceptNull()) {
        Map<String, String> found = new LinkedHashMap<>();
        scanner.object(
            "__metadata__", key -> found.put(key, scanner.string("__metadata__." + key)));
        metadata = found;
      }
    }
  }
}

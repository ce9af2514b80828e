package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parsed header of one safetensors file: tensors in the order of their data, and metadata. */
record SafetensorsHeader(List<HeaderEntry> tensors, Metadata metadata) {
  /**
   * Models have hundreds of tensors. A header of the largest size could list a million, whose
   * descriptions would take a gigabyte.
   */
  private static final int MAX_TENSORS = 1 << 16;

  /**
   * The {@code __metadata__} of a file.
   *
   * @param texts null if the file has none
   * @param complete false if there was too much of it to be kept; then nothing is
   */
  record Metadata(@Nullable Map<String, String> texts, boolean complete) {
    private static final int MAX_BYTES = 1 << 20;

    /** About what a pair of short texts takes in a map. */
    private static final int ENTRY_BYTES = 200;
  }

  /**
   * Parses and checks a header.
   *
   * @param dataBytes how many bytes follow the header in the file
   * @throws ModelFileException if it breaks a rule of the format
   */
  static SafetensorsHeader parse(String file, HeaderInput header, long dataBytes) {
    var scanner = new HeaderScanner(header);
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
    private Metadata metadata = new Metadata(null, true);
    private boolean sawMetadata;

    HeaderReader(HeaderScanner scanner) {
      this.scanner = scanner;
    }

    void member(String key) {
      if (key.equals("__metadata__")) {
        metadata();
      } else {
        tensors.put(key, new HeaderEntryReader(scanner, key).read());
        if (tensors.size() > MAX_TENSORS) {
          throw scanner.error("more than " + MAX_TENSORS + " tensors");
        }
      }
    }

    private void metadata() {
      if (sawMetadata) {
        throw scanner.error("__metadata__ stands twice");
      }
      sawMetadata = true;
      if (!scanner.acceptNull()) {
        var collector = new MetadataCollector();
        scanner.texts("__metadata__", Metadata.MAX_BYTES, collector);
        metadata = collector.metadata();
      }
    }
  }

  /** Keeps metadata as long as there is not too much of it. */
  private static final class MetadataCollector implements HeaderScanner.TextMember {
    private final Map<String, String> texts = new LinkedHashMap<>();
    private boolean complete = true;
    private long size;

    @Override
    public void accept(@Nullable String key, @Nullable String value) {
      if (!complete) {
        return;
      }
      if (key != null && value != null) {
        size += Metadata.ENTRY_BYTES + key.length() + value.length();
        texts.put(key, value);
      }
      if (key == null || value == null || size > Metadata.MAX_BYTES) {
        complete = false;
        texts.clear();
      }
    }

    Metadata metadata() {
      return new Metadata(texts, complete);
    }
  }
}

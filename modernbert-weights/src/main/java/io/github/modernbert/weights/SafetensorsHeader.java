package io.github.modernbert.weights;

import io.github.modernbert.files.JsonScanner;
import io.github.modernbert.files.ModelFileException;
import java.io.IOException;
import java.io.InputStream;
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
   * @param in supplies the header and perhaps more
   * @param headerBytes the length of the header
   * @param dataBytes how many bytes follow the header in the file
   * @throws ModelFileException if it breaks a rule of the format
   */
  static SafetensorsHeader parse(String file, InputStream in, long headerBytes, long dataBytes)
      throws IOException {
    var reader = new HeaderReader(new JsonScanner(file, "header", in, headerBytes));
    reader.read();

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
    private final JsonScanner in;
    private final Map<String, HeaderEntry> tensors = new LinkedHashMap<>();
    private Metadata metadata = new Metadata(null, true);
    private boolean sawMetadata;

    HeaderReader(JsonScanner in) {
      this.in = in;
    }

    void read() throws IOException {
      in.beginObject("header");
      while (in.next()) {
        String key = in.key();
        if (key.equals("__metadata__")) {
          metadata();
        } else {
          tensors.put(key, new HeaderEntryReader(in, key).read());
          if (tensors.size() > MAX_TENSORS) {
            throw in.error("more than " + MAX_TENSORS + " tensors");
          }
        }
      }
      in.end();
    }

    /** Keeps metadata as long as there is not too much of it. */
    private void metadata() throws IOException {
      if (sawMetadata) {
        throw in.error("__metadata__ stands twice");
      }
      sawMetadata = true;
      if (in.acceptNull()) {
        return;
      }
      Map<String, String> texts = new LinkedHashMap<>();
      boolean complete = true;
      long size = 0;
      in.beginObject("__metadata__");
      while (in.next()) {
        String key = in.key(Metadata.MAX_BYTES);
        String value = in.string("__metadata__: a value", Metadata.MAX_BYTES);
        if (complete && key != null && value != null) {
          size += Metadata.ENTRY_BYTES + key.length() + value.length();
          texts.put(key, value);
        }
        if (key == null || value == null || size > Metadata.MAX_BYTES) {
          complete = false;
          texts.clear();
        }
      }
      metadata = new Metadata(texts, complete);
    }
  }
}

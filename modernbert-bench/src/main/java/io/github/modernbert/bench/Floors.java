package io.github.modernbert.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;

/**
 * The floors of {@code floors.csv}: a line names a benchmark, parameters that restrict it, and a
 * share of the peak; the first line that fits counts.
 */
record Floors(List<Floor> floors) {
  private static final String FILE = "floors.csv";

  /** Those of the module. */
  static Floors read() {
    try (InputStream in = Floors.class.getResourceAsStream(FILE)) {
      byte[] bytes = Objects.requireNonNull(in, FILE).readAllBytes();
      return parse(new String(bytes, StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads lines of {@code benchmark, parameter value, ..., share}.
   *
   * @throws IllegalArgumentException if one cannot be understood; says which
   */
  static Floors parse(List<String> lines) {
    var floors = new ArrayList<Floor>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        floors.add(floor(line.split("\\s*,\\s*"), i + 1));
      }
    }
    return new Floors(List.copyOf(floors));
  }

  private static Floor floor(String[] fields, int line) {
    var parameters = new LinkedHashMap<String, String>();
    for (int i = 1; i < fields.length - 1; i++) {
      String[] words = fields[i].split(" ", 2);
      if (words.length != 2) {
        throw wrong(line, "'%s', expected a parameter and its value".formatted(fields[i]));
      }
      parameters.put(words[0], words[1]);
    }
    double share;
    try {
      share = Double.parseDouble(fields[fields.length - 1]);
    } catch (NumberFormatException e) {
      throw wrong(line, e.getMessage() + ", expected a share of the peak");
    }
    if (fields.length < 2 || !(share > 0 && share < 1)) {
      throw wrong(line, "expected a benchmark and a share between 0 and 1");
    }
    return new Floor(fields[0], parameters, share);
  }

  private static IllegalArgumentException wrong(int line, String what) {
    return new IllegalArgumentException("%s, line %d: %s".formatted(FILE, line, what));
  }

  /**
   * The floor of a measurement.
   *
   * @throws IllegalStateException if there is none: no kernel is left unwatched
   */
  Floor of(Measurement measurement) {
    return floors.stream()
        .filter(floor -> floor.isFor(measurement))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "%s has no floor for %s, %s"
                    .formatted(FILE, measurement.benchmark(), measurement.parameterList())));
  }
}

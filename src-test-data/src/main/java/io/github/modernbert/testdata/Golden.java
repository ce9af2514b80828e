package io.github.modernbert.testdata;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Finds the reference's outputs by walking the golden folder.
 *
 * <p>The root is {@code -Dmodernbert.golden=DIR}, by default {@code src-test-data/golden}. No test
 * lists its cases: what lies in the folder is tested, and a folder without any fails.
 */
public final class Golden {
  private Golden() {}

  /** The golden root; fails when it is missing. */
  public static Path root() {
    Path root = Path.of(System.getProperty("modernbert.golden", "../src-test-data/golden"));
    if (!Files.isDirectory(root)) {
      throw new AssertionError("no golden folder at " + root.toAbsolutePath().normalize());
    }
    return root;
  }

  /** The top folder of the project. */
  public static Path project() {
    return Path.of(System.getProperty("modernbert.root", ".."));
  }

  /**
   * A part of the large golden data that is not copied into the project: under {@link #root()} when
   * it is there, else in {@code ../shared/golden} beside the project, else empty.
   */
  public static Optional<Path> large(String part) {
    Path here = root().resolve(part);
    return Files.exists(here) ? Optional.of(here) : shared(part);
  }

  /** A part of {@code ../shared/golden} beside the project, if it is there. */
  public static Optional<Path> shared(String part) {
    Path shared = project().resolve("../shared/golden").resolve(part);
    return Files.exists(shared) ? Optional.of(shared.normalize()) : Optional.empty();
  }

  /**
   * Every folder at or below {@code part} that holds all of {@code files}, sorted; fails when there
   * is none.
   */
  public static List<Path> folders(String part, String... files) {
    return folders(root().resolve(part), files);
  }

  /** Like {@link #folders(String, String...)} for a folder outside the root. */
  public static List<Path> folders(Path top, String... files) {
    if (!Files.isDirectory(top)) {
      throw new AssertionError("no golden folder at " + top.toAbsolutePath().normalize());
    }
    List<Path> found;
    try (var walk = Files.walk(top)) {
      found =
          walk.filter(Files::isDirectory)
              .filter(d -> Arrays.stream(files).allMatch(f -> Files.exists(d.resolve(f))))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (found.isEmpty()) {
      throw new AssertionError(
          "no folder below %s holds %s".formatted(top, String.join(", ", files)));
    }
    return found;
  }

  /** The parsed content of a JSON file. */
  public static JsonElement json(Path file) {
    try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** The lines of a gzipped JSONL file, parsed; fails when there is none. */
  public static List<JsonElement> jsonLines(Path gzipped) {
    var lines = new ArrayList<JsonElement>();
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(gzipped)), StandardCharsets.UTF_8))) {
      for (String line; (line = reader.readLine()) != null; ) {
        lines.add(JsonParser.parseString(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(gzipped.toString(), e);
    }
    if (lines.isEmpty()) {
      throw new AssertionError("no case in " + gzipped);
    }
    return lines;
  }

  /** Prints how many cases of a kind were checked, and fails when it was none. */
  public static void report(String kind, int cases) {
    System.out.printf("golden: %,d %s checked%n", cases, kind);
    if (cases == 0) {
      throw new AssertionError("no " + kind + " in " + root());
    }
  }

  /** Prints that a kind of case was not checked, and why. */
  public static void skipped(String kind, String reason) {
    System.out.printf("golden: %s SKIPPED, %s%n", kind, reason);
  }
}

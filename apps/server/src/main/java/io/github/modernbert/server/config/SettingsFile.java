package io.github.modernbert.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A file of settings, YAML or properties: the names of the flags without their dashes. Lists are
 * YAML lists, or separated by commas.
 */
final class SettingsFile {
  private SettingsFile() {}

  /**
   * Reads a file; it is YAML unless its name ends in {@code .properties}.
   *
   * @return texts by name
   * @throws IllegalArgumentException if it cannot be read, or holds something else than settings
   */
  static Map<String, String> read(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      return file.toString().toLowerCase(Locale.ROOT).endsWith(".properties")
          ? properties(reader)
          : yaml(file, reader);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + ": file not found", e);
    } catch (IOException | YamlEngineException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, String> properties(Reader reader) throws IOException {
    var properties = new Properties();
    properties.load(reader);
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, name -> properties.getProperty(name).strip()));
  }

  private static Map<String, String> yaml(Path file, Reader reader) {
    Object document = new Load(LoadSettings.builder().build()).loadFromReader(reader);
    if (document == null) {
      return Map.of();
    }
    if (!(document instanceof Map<?, ?> entries)) {
      throw new IllegalArgumentException(file + ": expected names and values, found " + document);
    }
    var texts = new HashMap<String, String>();
    entries.forEach((name, value) -> texts.put(String.valueOf(name), text(file, name, value)));
    return texts;
  }

  private static String text(Path file, Object name, @Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Collection<?> list ->
          list.stream().map(item -> text(file, name, item)).collect(Collectors.joining(","));
      case Map<?, ?> _ ->
          throw new IllegalArgumentException(
              "%s: %s: expected a value or a list, found %s".formatted(file, name, value));
      default -> String.valueOf(value);
    };
  }
}

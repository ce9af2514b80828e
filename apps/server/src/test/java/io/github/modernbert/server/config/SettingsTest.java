package io.github.modernbert.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where settings come from, and which of them make no sense. */
final class SettingsTest {
  @TempDir private Path folder;

  private static Settings parse(Map<String, String> environment, String... flags) {
    return SettingsParser.parse(flags, environment, new PrintWriter(new StringWriter()))
        .orElseThrow();
  }

  private static String error(String... flags) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> parse(Map.of(), flags)).getMessage());
  }

  @Test
  void defaultsAreThoseOfTextEmbeddingsInference() {
    Settings settings = parse(Map.of());
    assertEquals(List.of(), settings.models());
    assertEquals(
        new Settings.Limits(512, 2048, 2_000_000, Duration.ofSeconds(30), Duration.ofSeconds(30)),
        settings.limits());
    assertEquals(
        new Settings.Listen("127.0.0.1", 8080, Optional.empty(), Optional.empty()),
        settings.listen());
    assertEquals(
        new Settings.Reading(false, Optional.empty(), Optional.empty(), false), settings.reading());
    assertEquals(List.of(), settings.access().apiKeys());
  }

  @Test
  void flagsComeBeforeTheEnvironmentBeforeTheFile() throws IOException {
    Path file = folder.resolve("server.yaml");
    Files.writeString(
        file,
        """
        port: 1
        max-client-batch-size: 3
        model:
          - organisation/one=a
          - organisation/two=b
        auto-truncate: true
        json-output: yes
        """
            .replace("yes", "true"));
    Settings ofFile = parse(Map.of(), "--config=" + file);
    assertEquals(1, ofFile.listen().port());
    assertEquals(3, ofFile.limits().maxClientBatchSize());
    assertTrue(ofFile.reading().autoTruncate());
    assertTrue(ofFile.logging().json());
    assertEquals(List.of("a", "b"), ofFile.models().stream().map(ModelSpec::alias).toList());
    Map<String, String> environment = Map.of("PORT", "2", "CONFIG", file.toString());
    assertEquals(2, parse(environment).listen().port());
    assertEquals(3, parse(environment).limits().maxClientBatchSize());
    assertEquals(4, parse(environment, "--port", "4").listen().port());
  }

  @Test
  void propertiesAreReadToo() throws IOException {
    Path file = folder.resolve("server.properties");
    Files.writeString(file, "port = 9\ncors-allow-origin = https://a.org, https://b.org\n");
    Settings settings = parse(Map.of(), "--config", file.toString());
    assertEquals(9, settings.listen().port());
    assertEquals(
        List.of(URI.create("https://a.org"), URI.create("https://b.org")),
        settings.access().corsAllowOrigin());
  }

  @Test
  void namesOfTextEmbeddingsInference() {
    Settings settings =
        parse(
            Map.of(
                "MODEL_ID", "organisation/name",
                "REVISION", "main",
                "SERVED_MODEL_NAME", "served",
                "HOSTNAME", "0.0.0.0",
                "MAX_CLIENT_BATCH_SIZE", "32",
                "AUTO_TRUNCATE", "true",
                "API_KEY", "k",
                "JSON_OUTPUT", "true",
                "PAYLOAD_LIMIT", "7"));
    assertEquals(
        List.of(new ModelSpec("organisation/name@main", "served", Optional.empty())),
        settings.models());
    assertEquals("0.0.0.0", settings.listen().host());
    assertEquals(32, settings.limits().maxClientBatchSize());
    assertEquals(7, settings.limits().payloadLimit());
    assertEquals(List.of("k"), settings.access().apiKeys());
  }

  @Test
  void theNameOfAContainerIsNoAddress() {
    assertEquals("127.0.0.1", parse(Map.of("HOSTNAME", "web-7d9f")).listen().host());
    assertEquals("web-7d9f", parse(Map.of("HOST", "web-7d9f")).listen().host());
  }

  @Test
  void modelsHaveNames() {
    assertEquals("organisation/name", ModelSpec.parse("organisation/name@v1").alias());
    assertEquals("folder", ModelSpec.parse("/models/folder").alias());
    assertEquals("folder", ModelSpec.parse("/models/folder/").alias());
    assertEquals("x", ModelSpec.parse("/models/folder=x").alias());
    assertEquals(
        Optional.of(Task.ZERO_SHOT_CLASSIFICATION),
        parse(Map.of(), "--model=/m/nli", "--task=nli=zero-shot-classification")
            .models()
            .getFirst()
            .task());
  }

  @Test
  void whatMakesNoSense() throws IOException {
    Path file = folder.resolve("server.yaml");
    Files.writeString(file, "prot: 1\n");
    assertEquals("the settings file has unknown names: [prot]", error("--config=" + file));
    Files.writeString(file, "port: {a: 1}\n");
    assertEquals(
        file + ": port: expected a value or a list, found {a=1}", error("--config=" + file));
    Files.writeString(file, "port: [1\n");
    assertTrue(error("--config=" + file).startsWith(file + ": "));
    assertEquals(folder.resolve("nix") + ": file not found", error("--config", folder + "/nix"));
    assertEquals("--port: expected 0 to 65535, found 65536", error("--port=65536"));
    assertTrue(error("--port=x").startsWith("Invalid value for option '--port'"));
    assertTrue(error("--prot=1").startsWith("Unknown option: '--prot=1'"));
    assertEquals("--tls-certificate and --tls-key go together", error("--tls-key=a"));
    assertEquals("--payload-limit: expected at least 1, found 0", error("--payload-limit=0"));
    assertEquals("--threads: expected at most 4096, found 4097", error("--threads=4097"));
    assertEquals(
        "--task: no model is called 'x'; there are [a]",
        error("--model=/m/a", "--task=x=fill-mask"));
    assertTrue(error("--model=/m/a", "--task=a=nix").startsWith("no task 'nix'; there are "));
    assertTrue(error("--model=/m/a,/n/a").startsWith("--model: two models are called the same"));
    assertEquals(
        "a model is NAME_OR_FOLDER or NAME_OR_FOLDER=ALIAS, found '=a'", error("--model==a"));
    assertEquals("--api-key-file: no key in " + file, emptyKeys(file));
  }

  private static String emptyKeys(Path file) throws IOException {
    Files.writeString(file, "# none\n");
    return error("--api-key-file=" + file);
  }

  @Test
  void helpIsPrinted() {
    var text = new StringWriter();
    assertTrue(
        SettingsParser.parse(new String[] {"--help"}, Map.of(), new PrintWriter(text)).isEmpty());
    assertTrue(text.toString().startsWith("Usage: modernbert serve"), text.toString());
  }
}

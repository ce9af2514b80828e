package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the events in a recording of the JDK's Flight Recorder. */
final class EventsTest {
  @Test
  void loadingBatchesAndTruncationAreRecorded(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("events.jfr");
    long parameters;
    String kernels;
    try (var recording = new Recording()) {
      recording.start();
      try (var embedder = TextEmbedder.bundled()) {
        parameters = embedder.info().parameters();
        kernels = embedder.kernels();
        embedder.embed(List.of("one", "two"));
        embedder.embed("word ".repeat(50).strip(), EmbedOptions.defaults().maxLength(8));
        embedder.warmUp();
      }
      recording.stop();
      recording.dump(file);
    }
    Map<String, List<RecordedEvent>> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("modernbert."))
            .collect(Collectors.groupingBy(event -> event.getEventType().getName()));
    RecordedEvent load = first(events, "modernbert.ModelLoad");
    assertEquals(parameters, load.getLong("parameters"));
    assertTrue(load.getLong("weightBytes") > 0);
    RecordedEvent batch = first(events, "modernbert.Batch");
    assertEquals(2, batch.getInt("sequences"));
    assertEquals(6, batch.getInt("tokens"));
    assertEquals(kernels, batch.getString("kernels"));
    assertEquals(2, first(events, "modernbert.Part").getInt("sequences"));
    RecordedEvent cut = first(events, "modernbert.Truncation");
    assertEquals(52, cut.getInt("tokens"));
    assertEquals(8, cut.getInt("maxLength"));
  }

  private static RecordedEvent first(Map<String, List<RecordedEvent>> events, String name) {
    return Objects.requireNonNull(events.get(name), name).getFirst();
  }
}

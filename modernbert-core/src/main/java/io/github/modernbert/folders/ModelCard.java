package io.github.modernbert.folders;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The {@code README.md} of a model, in which sentence-transformers writes how it was trained. */
public final class ModelCard {
  private static final int MAX_BYTES = 1 << 20;

  /** Losses by which the first layers of an encoder become usable alone (arXiv:2402.14776). */
  private static final List<String> LOSSES = List.of("Matryoshka2dLoss", "AdaptiveLayerLoss");

  private ModelCard() {}

  /** The loss that trained the first layers to be used alone, if the card of a folder names one. */
  public static Optional<String> lossForFewerLayers(Path folder) {
    Path card = folder.resolve("README.md");
    if (!Files.isRegularFile(card)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(card)) {
      String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
      return LOSSES.stream().filter(text::contains).findFirst();
    } catch (IOException e) {
      // A hint is not worth a failure.
      return Optional.empty();
    }
  }
}

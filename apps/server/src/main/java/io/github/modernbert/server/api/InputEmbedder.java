package io.github.modernbert.server.api;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.tokenizer.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Computes the vectors of texts and lists of token ids, in their order. */
public final class InputEmbedder {
  private final TextEmbedder embedder;
  private final ModelInfo info;
  private final TextReading reading;
  private final EmbedOptions options;

  /** With a model and how it shall read texts. */
  public InputEmbedder(
      ModelChoice.Chosen<TextEmbedder> chosen, TextReading reading, EmbedOptions options) {
    this.embedder = chosen.model();
    this.info = chosen.info();
    this.reading = reading;
    this.options = reading.prompted(options);
  }

  /** The options of a request: normalised or not, all dimensions or the first ones. */
  public static EmbedOptions options(boolean normalize, @Nullable Integer dimensions) {
    EmbedOptions options = EmbedOptions.defaults().normalize(normalize);
    return dimensions == null ? options : options.dimensions(dimensions);
  }

  /** The vectors. */
  public List<Embedding> of(List<Input> inputs, RequestTimes times) {
    var texts = new ArrayList<String>();
    var sequences = new ArrayList<int[]>();
    var cut = new ArrayList<Boolean>();
    Optional<String> prompt = reading.prompt(info);
    for (Input input : inputs) {
      switch (input) {
        case Input.Text text -> texts.add(text.text());
        case Input.Ids ids when prompt.isPresent() ->
            // The options put the prompt before it.
            texts.add(embedder.tokenizer().decode(ids.ids(), true));
        case Input.Ids ids -> {
          int[] sequence = cut(ids.ids());
          cut.add(sequence.length < ids.ids().length);
          sequences.add(sequence);
        }
      }
    }
    var ofTexts = embedder.embed(texts, times.of(options)).asList().iterator();
    var ofIds = embedder.embedTokenIds(sequences, times.of(options)).asList().iterator();
    var wasCut = cut.iterator();
    var vectors = new ArrayList<Embedding>();
    for (Input input : inputs) {
      if (input instanceof Input.Text || prompt.isPresent()) {
        vectors.add(ofTexts.next());
      } else {
        Embedding embedding = ofIds.next();
        vectors.add(new Embedding(embedding.vector(), embedding.tokens(), wasCut.next()));
      }
    }
    return vectors;
  }

  private int[] cut(int[] ids) {
    int most = embedder.maxLength();
    if (ids.length <= most) {
      return ids;
    }
    if (!reading.truncates()) {
      throw JsonInput.invalid("%d tokens, at most %d are taken".formatted(ids.length, most));
    }
    return reading.truncationSide() == Direction.LEFT
        ? Arrays.copyOfRange(ids, ids.length - most, ids.length)
        : Arrays.copyOf(ids, most);
  }
}

package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code sentence_bert_config.json}, which old models name after their first architecture.
 *
 * @param task what the transformer is used for, if the file says it
 * @param maxSeqLength empty if the tokenizer decides
 * @param config values that replace those of {@code config.json}
 * @param tokenizer values that replace those of {@code tokenizer_config.json}
 */
record TransformerSettings(
    Optional<Json> task,
    OptionalInt maxSeqLength,
    boolean doLowerCase,
    Optional<Json> config,
    Optional<Json> tokenizer) {
  private static final TransformerSettings NONE =
      new TransformerSettings(
          Optional.empty(), OptionalInt.empty(), false, Optional.empty(), Optional.empty());

  private static final String HIDDEN_STATES = "feature-extraction";

  private static final List<String> FILES =
      List.of(
          "sentence_bert_config.json",
          "sentence_roberta_config.json",
          "sentence_distilbert_config.json",
          "sentence_camembert_config.json",
          "sentence_albert_config.json",
          "sentence_xlm-roberta_config.json",
          "sentence_xlnet_config.json");

  /** Arguments that are read, or do not matter to what has no padding. */
  private static final Set<String> KNOWN_ARGUMENTS =
      Set.of("max_length", "padding", "pad_to_multiple_of", "return_tensors");

  static TransformerSettings read(Path folder) {
    for (String name : FILES) {
      Path file = folder.resolve(name);
      if (RegularFiles.exists(file)) {
        Json json = Json.read(file);
        if (!json.members().isEmpty()) {
          return read(json);
        }
      }
    }
    return NONE;
  }

  private static TransformerSettings read(Json json) {
    Optional<Json> tokenizer = json.find("tokenizer_args").or(() -> json.find("processor_kwargs"));
    Optional<Json> length =
        ofCalls(json)
            .or(() -> tokenizer.flatMap(arguments -> arguments.find("model_max_length")))
            .or(() -> json.find("max_seq_length"));
    return new TransformerSettings(
        json.find("transformer_task"),
        length.isPresent()
            ? OptionalInt.of(length.get().limit().orElse(Integer.MAX_VALUE))
            : OptionalInt.empty(),
        json.find("do_lower_case").map(Json::bool).orElse(false),
        json.find("config_args").or(() -> json.find("config_kwargs")),
        tokenizer);
  }

  /**
   * Checks that the transformer gives hidden states, which modules behind it need.
   *
   * @throws ModelFileException if it gives something else, such as logits
   */
  void requireHiddenStates() {
    if (task.isPresent() && !task.get().string().equals(HIDDEN_STATES)) {
      throw task.get().mismatch("'" + HIDDEN_STATES + "' before the modules of this folder");
    }
  }

  /** The length in the arguments of the tokenizer's calls, where those for texts come first. */
  private static Optional<Json> ofCalls(Json json) {
    Optional<Json> calls = json.find("processing_kwargs");
    List<Json> arguments =
        Stream.of("text", "common")
            .flatMap(kind -> calls.flatMap(all -> all.find(kind)).stream())
            .toList();
    arguments.forEach(TransformerSettings::requireKnown);
    return arguments.stream().flatMap(known -> known.find("max_length").stream()).findFirst();
  }

  private static void requireKnown(Json arguments) {
    arguments
        .members()
        .forEach((name, value) -> {
          boolean isKnown =
              KNOWN_ARGUMENTS.contains(name)
                  || name.equals("truncation") && value.isBoolean() && value.bool();
          if (!isKnown) {
            throw value.error(
                "this argument is not implemented, only max_length, padding, and truncation if"
                    + " true");
          }
        });
  }
}

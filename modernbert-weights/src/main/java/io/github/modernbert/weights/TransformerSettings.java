package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code sentence_bert_config.json}, which old models name after their first architecture.
 *
 * @param maxSeqLength empty if the tokenizer decides
 */
record TransformerSettings(OptionalInt maxSeqLength, boolean doLowerCase) {
  private static final List<String> FILES =
      List.of(
          "sentence_bert_config.json",
          "sentence_roberta_config.json",
          "sentence_distilbert_config.json",
          "sentence_camembert_config.json",
          "sentence_albert_config.json",
          "sentence_xlm-roberta_config.json",
          "sentence_xlnet_config.json");

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
    return new TransformerSettings(OptionalInt.empty(), false);
  }

  private static TransformerSettings read(Json json) {
    Optional<Json> length =
        json.find("tokenizer_args")
            .or(() -> json.find("processor_kwargs"))
            .flatMap(arguments -> arguments.find("model_max_length"))
            .or(() -> json.find("max_seq_length"));
    return new TransformerSettings(
        length.map(ModelMaxLength::limit).orElse(OptionalInt.empty()),
        json.member("do_lower_case").map(Json::bool).orElse(false));
  }
}

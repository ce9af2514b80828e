package io.github.modernbert.bench.compare;

import com.google.gson.Gson;
import io.github.modernbert.testdata.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes checkpoints with generated weights that everybody can read. */
final class CheckpointFolder {
  private static final long SEED = 1;
  private static final int VOCABULARY = 50_368;
  private static final String PAD = "50283";
  private static final Gson GSON = new Gson();

  private CheckpointFolder() {}

  /** The checkpoint of a shape in a folder of models; made unless it is there. */
  static Path of(Path models, SyntheticModel shape) throws IOException {
    Path folder = models.resolve(shape.name().toLowerCase(Locale.ROOT));
    if (!Files.exists(folder.resolve("tokenizer.json"))) {
      Files.createDirectories(models);
      Path begun = Files.createTempDirectory(models, "begun");
      shape.write(begun, SEED);
      writeTokenizer(begun);
      Files.move(begun, folder, StandardCopyOption.ATOMIC_MOVE);
    }
    return folder;
  }

  /**
   * Words are the decimal numbers of tokens, for those who only take texts. A number is merged of
   * all its digits but the last, and that one, so that there are as many merges as a real tokenizer
   * has.
   */
  private static void writeTokenizer(Path folder) throws IOException {
    var vocabulary = new LinkedHashMap<String, Integer>();
    var merges = new ArrayList<String>();
    for (int id = 0; id < VOCABULARY; id++) {
      vocabulary.put(Integer.toString(id), id);
      if (id >= 10) {
        merges.add(id / 10 + " " + id % 10);
      }
    }
    var model = Map.of("type", "BPE", "vocab", vocabulary, "merges", merges, "ignore_merges", true);
    Files.writeString(
        folder.resolve("tokenizer.json"),
        GSON.toJson(
            Map.of(
                "version",
                "1.0",
                "added_tokens",
                List.of(),
                "pre_tokenizer",
                Map.of("type", "WhitespaceSplit"),
                "model",
                model)));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        GSON.toJson(
            Map.of(
                "tokenizer_class",
                "PreTrainedTokenizerFast",
                "pad_token",
                PAD,
                "model_max_length",
                8192)));
  }
}

package io.github.modernbert.cli.commands;

import com.google.gson.stream.JsonWriter;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.NamedModel;
import io.github.modernbert.cli.options.SpecialTokensOption;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.options.WordsOption;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import io.github.modernbert.tokenizer.Truncation;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert tokenize}. */
@Command(
    name = "tokenize",
    description = "Writes the tokens of each text as a line of JSON.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert tokenize \"Where is the bakery?\"",
      "  modernbert tokenize --model tokenizer.json --no-special-tokens --file texts.txt",
      "",
      "Offsets count UTF-16 units, as Java and JavaScript do; special tokens have [0,0].",
      "word_ids are null for tokens that stand for no text. With --words they are the numbers of",
      "the words given, and offsets count from the start of a word.",
    })
final class TokenizeCommand implements ConsoleCommand {
  private static final String FILE_NAME = "tokenizer.json";

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

  @Option(
      names = "--pair",
      paramLabel = "TEXT",
      description = "A second text that is put behind each of the texts.")
  private Optional<String> pair = Optional.empty();

  @Option(names = "--no-special-tokens", description = "Leave out [CLS], [SEP] and the like.")
  private boolean noSpecialTokens;

  @Mixin private SpecialTokensOption specialTokens = new SpecialTokensOption();
  @Mixin private WordsOption words = new WordsOption();

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Cut to N tokens, special ones included. Default: as the file says.")
  private Optional<Integer> maxLength = Optional.empty();

  @Option(
      names = "--model",
      paramLabel = NamedModel.LABEL,
      description =
          "A folder with a tokenizer.json, or that file, or the name of a model on the Hugging Face"
              + " Hub. Default: the model that comes with the program.")
  private Optional<NamedModel> model = Optional.empty();

  @Override
  public int run(Console console) throws IOException {
    TextSource source = texts.source(console);
    Tokenizer tokenizer = tokenizer();
    EncodeOptions options = Usage.check(command, () -> options(tokenizer.defaults()));
    try (Stream<String> lines = source.open()) {
      Writer out = console.text();
      for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
        String text = each.next();
        write(new JsonWriter(out), encoding(tokenizer, text, options));
        out.write("\n");
        if (console.outIsTerminal()) {
          out.flush();
        }
      }
      out.flush();
    }
    return ExitCode.OK;
  }

  private Tokenizer tokenizer() {
    if (model.isEmpty()) {
      try (var embedder =
          TextEmbedder.bundled(LoadOptions.defaults().kernels(KernelChoice.PORTABLE).threads(1))) {
        return embedder.tokenizer();
      }
    }
    Path path = model.get().folder();
    boolean inner = !Files.exists(path.resolve(FILE_NAME)) && ModelFolders.hasModules(path);
    return Tokenizer.load(inner ? ModelFolders.transformer(path) : path);
  }

  private EncodeOptions options(EncodeOptions stored) {
    EncodeOptions options = specialTokens.applyTo(stored);
    options = noSpecialTokens ? options.withSpecialTokens(false) : options;
    return Usage.with(options, maxLength.map(Truncation::to), EncodeOptions::withTruncation);
  }

  private Encoding encoding(Tokenizer tokenizer, String text, EncodeOptions options) {
    if (words.given()) {
      List<String> own = WordsOption.of(text);
      return pair.map(WordsOption::of)
          .map(other -> tokenizer.encodeWordPair(own, other, options))
          .orElseGet(() -> tokenizer.encodeWords(own, options));
    }
    return pair.map(other -> tokenizer.encodePair(text, other, options))
        .orElseGet(() -> tokenizer.encode(text, options));
  }

  private static void write(JsonWriter json, Encoding encoding) throws IOException {
    json.beginObject();
    array(json.name("ids"), encoding.ids());
    json.name("tokens").beginArray();
    for (String token : encoding.tokens()) {
      json.value(token);
    }
    json.endArray();
    json.name("offsets").beginArray();
    for (int i = 0; i < encoding.length(); i++) {
      json.beginArray().value(encoding.start(i)).value(encoding.end(i)).endArray();
    }
    json.endArray();
    array(json.name("type_ids"), encoding.typeIds());
    array(json.name("attention_mask"), encoding.attentionMask());
    array(json.name("special_tokens_mask"), encoding.specialTokensMask());
    json.name("word_ids").beginArray();
    for (int word : encoding.wordIds()) {
      if (word < 0) {
        json.nullValue();
      } else {
        json.value(word);
      }
    }
    json.endArray();
    json.endObject();
  }

  private static void array(JsonWriter json, int[] values) throws IOException {
    json.beginArray();
    for (int value : values) {
      json.value(value);
    }
    json.endArray();
  }
}

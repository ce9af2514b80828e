package io.github.modernbert.cli.commands;

import io.github.modernbert.AttentionMaps;
import io.github.modernbert.HiddenStates;
import io.github.modernbert.ModernBertModel;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TokenIdLines;
import io.github.modernbert.cli.input.Utf8Lines;
import io.github.modernbert.cli.options.ModelOptions;
import io.github.modernbert.cli.options.NamedModel;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.InterruptOnExit;
import io.github.modernbert.cli.output.StagedFile;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert encode}. */
@Command(
    name = "encode",
    description =
        "Computes hidden states of token ids, to compare implementations and to study models.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Example|@",
      "  echo '[50281,510,4345,50282]' > ids.jsonl",
      "  modernbert encode --model ModernBERT-base --ids ids.jsonl --output hidden.safetensors",
      "",
      "Line 1 of the ids becomes the float32 tensor '0' of shape [tokens, hidden size], line 2",
      "tensor '1' and so on. Ids are taken as they are, so special tokens must be among them.",
      "The model needs no tokenizer.",
      "",
      "--states 0,3 adds '0.state.0' (the embeddings) and '0.state.3' (after three layers, before",
      "the final norm). --attention 5 adds '0.attention.5', the probabilities of layer 5 (layers",
      "count from 0): [heads x tokens, tokens], the rows of head 0 first, one row a token.",
    })
final class EncodeCommand implements ConsoleCommand {
  /** Batches whose sequences are read, and whose hidden states are held, at a time. */
  private static final int BATCHES_AT_ONCE = 4;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--ids",
      paramLabel = "FILE",
      required = true,
      description = "A JSON array of token ids on each line; - for standard input.")
  private Path ids = Path.of("-");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The safetensors file to write.")
  private Path output = Path.of("");

  @Option(
      names = "--states",
      paramLabel = "K",
      split = ",",
      description = "Add the states after K layers. Several with commas.")
  private Set<Integer> states = Set.of();

  @Option(
      names = "--attention",
      paramLabel = "LAYER",
      split = ",",
      description = "Add the attention probabilities of a layer. Several with commas.")
  private Set<Integer> attention = Set.of();

  @Mixin private ModelOptions model = new ModelOptions();

  @Override
  public int run(Console console) throws IOException {
    Path folder =
        model
            .folder()
            .orElseThrow(() ->
                Usage.error(
                    command, "Missing required option: '--model=%s'".formatted(NamedModel.LABEL)));
    StagedFile.requirePlace(output);
    boolean standardInput = ids.toString().equals("-");
    String name = standardInput ? "standard input" : ids.toString();
    try (InputStream in = standardInput ? console.in() : Files.newInputStream(ids);
        var encoder = ModernBertModel.load(ModelFolders.transformer(folder), model.load())) {
      var lines = new TokenIdLines(new Utf8Lines(name, in), encoder.config());
      InterruptOnExit.run(() -> write(console, encoder, lines));
    }
    return ExitCode.OK;
  }

  private void write(Console console, ModernBertModel encoder, TokenIdLines lines)
      throws IOException {
    try (var file = new StagedFile(Optional.of(output), console);
        var writer = SafetensorsWriter.create(file.path(), Map.of())) {
      encode(encoder, lines, writer);
      writer.finish();
      file.deliver();
    } catch (IOException e) {
      throw RegularFiles.unwritable(output, e);
    }
  }

  private void encode(ModernBertModel encoder, TokenIdLines lines, SafetensorsWriter writer)
      throws IOException {
    long room = (long) BATCHES_AT_ONCE * model.load().tokenBudget();
    for (long index = 0; lines.hasNext(); ) {
      List<int[]> sequences = take(lines, room);
      List<float[][]> last = encoder.lastHiddenStates(sequences);
      for (int i = 0; i < last.size(); i++, index++) {
        add(writer, String.valueOf(index), last.get(i));
        addInner(encoder, sequences.get(i), writer, index + ".");
      }
    }
  }

  /** Adds the hidden states and attention maps that were asked for. */
  private void addInner(ModernBertModel encoder, int[] ids, SafetensorsWriter writer, String prefix)
      throws IOException {
    if (!states.isEmpty()) {
      HiddenStates found = Usage.check(command, () -> encoder.hiddenStates(ids, states));
      for (int layers : found.layers()) {
        add(writer, prefix + "state." + layers, found.after(layers));
      }
    }
    if (!attention.isEmpty()) {
      AttentionMaps found = Usage.check(command, () -> encoder.attentions(ids, attention));
      for (int layer : found.layers()) {
        writer.begin(prefix + "attention." + layer, ids.length);
        for (int head = 0; head < found.heads(); head++) {
          rows(writer, found.map(layer, head));
        }
      }
    }
  }

  private static void add(SafetensorsWriter writer, String name, float[][] rows)
      throws IOException {
    writer.begin(name, rows[0].length);
    rows(writer, rows);
  }

  private static void rows(SafetensorsWriter writer, float[][] rows) throws IOException {
    for (float[] row : rows) {
      writer.row(row);
    }
  }

  private static List<int[]> take(TokenIdLines lines, long room) {
    var sequences = new ArrayList<int[]>();
    for (long tokens = 0; tokens < room && lines.hasNext(); ) {
      int[] sequence = lines.next();
      sequences.add(sequence);
      tokens += sequence.length;
    }
    return sequences;
  }
}

package io.github.modernbert.server.api;

import io.github.modernbert.TaskModel;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.tokenizer.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Has texts and lists of token ids computed, each kind in one call of the library. Ids are read as
 * they are, unless a prompt comes before them: then they are decoded.
 */
public final class InputReader {
  private final TaskModel model;
  private final TextReading reading;
  private final boolean decodesIds;

  /** With the model of a request and how it shall read texts. */
  public InputReader(ModelChoice.Chosen<? extends TaskModel> chosen, TextReading reading) {
    this.model = chosen.model();
    this.reading = reading;
    this.decodesIds = reading.prompt(chosen.info()).isPresent();
  }

  /**
   * What was computed.
   *
   * @param results of each input, in the order of the inputs
   * @param cutIds how many lists of ids were cut, which their results do not know
   */
  public record Computed<R>(List<R> results, int cutIds) {
    /** Copies the list. */
    public Computed {
      results = List.copyOf(results);
    }

    /** Counts the tokens and the truncated inputs. */
    public Measured.Count count(ToIntFunction<R> tokens, Predicate<R> isTruncated) {
      Measured.Count count = Measured.Count.of(results, tokens, isTruncated);
      return new Measured.Count(count.lengths(), count.truncated() + cutIds);
    }
  }

  /**
   * Has inputs computed.
   *
   * @param ofTexts computes texts
   * @param ofIds computes lists of ids
   */
  public <R> Computed<R> compute(
      List<Input> inputs,
      Function<List<String>, List<R>> ofTexts,
      Function<List<int[]>, List<R>> ofIds) {
    var texts = new ArrayList<String>();
    var sequences = new ArrayList<int[]>();
    int cut = 0;
    for (Input input : inputs) {
      switch (input) {
        case Input.Text text -> texts.add(text.text());
        case Input.Ids ids when decodesIds -> texts.add(model.tokenizer().decode(ids.ids(), true));
        case Input.Ids ids -> {
          int[] sequence = cut(ids.ids());
          cut += sequence.length < ids.ids().length ? 1 : 0;
          sequences.add(sequence);
        }
      }
    }
    if (sequences.isEmpty()) {
      return new Computed<>(ofTexts.apply(texts), cut);
    }
    Iterator<R> textResults = ofTexts.apply(texts).iterator();
    Iterator<R> idResults = ofIds.apply(sequences).iterator();
    var results = new ArrayList<R>(inputs.size());
    for (Input input : inputs) {
      results.add(
          input instanceof Input.Ids && !decodesIds ? idResults.next() : textResults.next());
    }
    return new Computed<>(results, cut);
  }

  private int[] cut(int[] ids) {
    int most = model.maxLength();
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

package io.github.modernbert.weights;

import java.util.List;
import java.util.OptionalInt;

/**
 * The ids of special tokens as {@code config.json} gives them; what a text is framed with is said
 * by the tokenizer.
 *
 * @param eos several in some models, usually one
 */
public record SpecialTokenIds(
    OptionalInt pad, OptionalInt cls, OptionalInt sep, OptionalInt bos, List<Integer> eos) {
  /** Copies the list. */
  public SpecialTokenIds {
    eos = List.copyOf(eos);
  }
}

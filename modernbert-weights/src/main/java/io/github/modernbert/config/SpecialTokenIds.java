package io.github.modernbert.config;

import java.util.List;
import java.util.OptionalInt;

/**
 * The ids of special tokens as {@code config.json} gives them; what a text is framed with is said
 * by the tokenizer.
 *
 * @param pad fills up batches; not needed here, where padding does not exist
 * @param cls begins a text
 * @param sep ends a text
 * @param bos usually the same as cls
 * @param eos usually the same as sep; several in some models
 */
public record SpecialTokenIds(
    OptionalInt pad, OptionalInt cls, OptionalInt sep, OptionalInt bos, List<Integer> eos) {
  /** Copies the list. */
  public SpecialTokenIds {
    eos = List.copyOf(eos);
  }
}

package io.github.modernbert.config;

import java.util.List;
import java.util.OptionalInt;

/**
 * The ids of special tokens in {@code config.json}. The tokens that are put around a text follow
 * from the tokenizer, not from these.
 *
 * @param pad the id of the padding token, which this library does not use
 * @param cls the id of the token that begins a text
 * @param sep the id of the token that ends a text
 * @param bos the id of the beginning of a sequence, usually the same as cls
 * @param eos the ids of the end of a sequence, usually only that of sep
 */
public record SpecialTokenIds(
    OptionalInt pad, OptionalInt cls, OptionalInt sep, OptionalInt bos, List<Integer> eos) {
  /** Copies the list. */
  public SpecialTokenIds {
    eos = List.copyOf(eos);
  }
}

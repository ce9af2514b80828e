package io.github.modernbert.tokenizer.processor;

import io.github.modernbert.files.Json;
import java.util.ArrayList;
import java.util.List;

/** {@code [CLS] A [SEP]} and {@code [CLS] A [SEP] B [SEP]} with type ids 0 and 1. */
record BertProcessing(SpecialToken cls, SpecialToken sep) implements PostProcessor {
  static BertProcessing read(Json json) {
    return new BertProcessing(
        SpecialToken.read(json.get("cls")), SpecialToken.read(json.get("sep")));
  }

  @Override
  public int addedTokens(boolean isPair) {
    return isPair ? 3 : 2;
  }

  @Override
  public List<Segment> process(List<Segment> segments, boolean addSpecialTokens) {
    if (!addSpecialTokens) {
      return segments;
    }
    var processed = new ArrayList<Segment>();
    for (Segment segment : segments) {
      processed.add(
          processed.isEmpty()
              ? SpecialToken.wrap(List.of(cls.segment(0)), segment, sep, 0, 0)
              : SpecialToken.wrap(List.of(), segment, sep, 1, 1));
    }
    return processed;
  }
}

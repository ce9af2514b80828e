package io.github.modernbert.tokenizer.processor;

import io.github.modernbert.files.Json;
import java.util.ArrayList;
import java.util.List;

/** {@code <s> A </s>} and {@code <s> A </s></s> B </s>} with type id 0 throughout. */
record RobertaProcessing(
    SpecialToken cls, SpecialToken sep, boolean trimOffsets, boolean addPrefixSpace)
    implements PostProcessor {
  static RobertaProcessing read(Json json) {
    return new RobertaProcessing(
        SpecialToken.read(json.get("cls")),
        SpecialToken.read(json.get("sep")),
        json.get("trim_offsets").bool(),
        json.get("add_prefix_space").bool());
  }

  @Override
  public int addedTokens(boolean isPair) {
    return isPair ? 4 : 2;
  }

  @Override
  public List<Segment> process(List<Segment> segments, boolean addSpecialTokens) {
    var processed = new ArrayList<Segment>();
    for (Segment segment : segments) {
      Segment trimmed = trimOffsets ? ByteLevelProcessing.trim(segment, addPrefixSpace) : segment;
      Segment typed = trimmed.withTypeId(0);
      processed.add(addSpecialTokens ? wrap(typed, processed.isEmpty()) : typed);
    }
    return processed;
  }

  private Segment wrap(Segment segment, boolean isFirst) {
    Segment typed =
        segment.withOverflowing(
            segment.overflowing.stream().map(part -> part.withTypeId(0)).toList());
    return SpecialToken.wrap(
        List.of((isFirst ? cls : sep).segment(0)), typed, sep, 0, isFirst ? 0 : 1);
  }
}

package io.github.modernbert.tokenizer.processor;

import java.util.List;

/** One post-processor after the other. */
record SequenceProcessing(List<PostProcessor> steps) implements PostProcessor {
  @Override
  public int addedTokens(boolean isPair) {
    return steps.stream().mapToInt(step -> step.addedTokens(isPair)).sum();
  }

  @Override
  public List<Segment> process(List<Segment> segments, boolean addSpecialTokens) {
    List<Segment> processed = segments;
    for (PostProcessor step : steps) {
      processed = step.process(processed, addSpecialTokens);
    }
    return processed;
  }
}

package io.github.modernbert.djl;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import java.util.Arrays;
import java.util.List;

/** DJL's batching of inputs that are no arrays: one batch of all, which our own batching takes. */
final class BatchMerger implements Batchifier {
  static final BatchMerger INSTANCE = new BatchMerger();

  private static final long serialVersionUID = 1;

  private BatchMerger() {}

  @Override
  public NDList batchify(NDList[] inputs) {
    if (inputs.length == 0) {
      return new NDList();
    }
    return Batch.merge(Arrays.<NDList>stream(inputs).<Batch<?, ?>>map(Batch::in).toList()).toList();
  }

  @Override
  public NDList[] unbatchify(NDList results) {
    if (results.isEmpty()) {
      return new NDList[0];
    }
    return Batch.outputs(results).stream()
        .map(output -> Batch.list(List.of(output)))
        .toArray(NDList[]::new);
  }
}

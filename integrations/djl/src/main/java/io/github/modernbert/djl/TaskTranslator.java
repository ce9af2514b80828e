package io.github.modernbert.djl;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Hands inputs to a task of the loaded checkpoint, all of a call at once. */
final class TaskTranslator<I, O> implements Translator<I, O> {
  private final Function<List<I>, List<O>> task;

  TaskTranslator(Function<List<I>, List<O>> task) {
    this.task = task;
  }

  @Override
  public NDList processInput(TranslatorContext ctx, I input) {
    return new Batch<>(task, Collections.singletonList(input)).toList();
  }

  @Override
  @SuppressWarnings("unchecked") // what the task has made
  public O processOutput(TranslatorContext ctx, NDList list) {
    return (O) Batch.outputs(list).getFirst();
  }

  @Override
  public Batchifier getBatchifier() {
    return BatchMerger.INSTANCE;
  }
}

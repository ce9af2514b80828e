package io.github.modernbert.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.modernbert.ModelDescription;
import io.github.modernbert.ModernBertModel;
import io.github.modernbert.Task;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes what a translator has made of the inputs: a {@link Batch} for a task, or token ids,
 * whose last hidden states it gives. Only checkpoints for embeddings take token ids, since the
 * heads of others are what a caller would expect the output of.
 */
final class CheckpointBlock extends AbstractSymbolBlock {
  private static final String OUTPUT = "last_hidden_state";

  private final LoadedCheckpoint checkpoint;

  CheckpointBlock(LoadedCheckpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameters,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    if (training) {
      throw unsupported("does not train");
    }
    return Batch.isIn(inputs) ? Batch.in(inputs).run() : hiddenStates(inputs);
  }

  private NDList hiddenStates(NDList inputs) {
    ModelDescription description = checkpoint.description();
    if (!checkpoint.takesTokens()) {
      throw unsupported(
          "gives hidden states of token ids only for checkpoints that can do %s; %s is for %s, from texts"
              .formatted(Task.EMBEDDING.key(), description.folder(), description.mainTask().key()));
    }
    TokenBatch batch = TokenBatch.of(inputs);
    ModernBertModel encoder = checkpoint.encoder();
    List<float[][]> states = encoder.lastHiddenStates(batch.sequences());
    NDArray output = batch.toArray(states, encoder.config().hiddenSize(), DataManager.root());
    output.setName(OUTPUT);
    output.attach(inputs.head().getManager());
    return new NDList(output);
  }

  /** The array inputs it takes besides texts: token ids, or none. */
  @Override
  public PairList<String, Shape> describeInput() {
    var inputs = new PairList<String, Shape>();
    if (checkpoint.takesTokens()) {
      TokenBatch.NAMES.forEach(name -> inputs.add(name, new Shape(-1, -1)));
    }
    return inputs;
  }

  @Override
  public PairList<String, Shape> describeOutput() {
    var outputs = new PairList<String, Shape>();
    if (checkpoint.takesTokens()) {
      outputs.add(OUTPUT, new Shape(-1, -1, checkpoint.description().config().hiddenSize()));
    }
    return outputs;
  }

  @Override
  public Shape[] getInputShapes() {
    return describeInput().values().toArray(Shape[]::new);
  }

  @Override
  public DataType[] getOutputDataTypes() {
    return new DataType[] {DataType.FLOAT32};
  }

  @Override
  public boolean isInitialized() {
    return true;
  }

  @Override
  public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
    throw unsupported("does not train");
  }

  @Override
  public ParameterList getDirectParameters() {
    throw unsupported("does not give out parameters");
  }

  @Override
  public ParameterList getParameters() {
    return getDirectParameters();
  }

  @Override
  public void saveParameters(DataOutputStream out) {
    throw unsupported("does not save parameters");
  }

  @Override
  public void loadParameters(NDManager manager, DataInputStream in) {
    throw unsupported("loads folders only");
  }

  @Override
  public String toString() {
    return "ModernBert(%s)".formatted(checkpoint.description().folder());
  }

  private static UnsupportedOperationException unsupported(String what) {
    return new UnsupportedOperationException(
        "the engine %s %s".formatted(ModernBertEngine.ENGINE_NAME, what));
  }
}

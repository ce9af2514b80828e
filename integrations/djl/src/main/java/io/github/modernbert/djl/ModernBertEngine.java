package io.github.modernbert.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterServer;
import ai.djl.training.optimizer.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * DJL's engine {@code ModernBert}: loads folders of ModernBERT checkpoints and computes them on the
 * CPU, in pure Java.
 *
 * {@snippet file="io/github/modernbert/djl/SnippetsTest.java" region="embed"}
 *
 * <p>It never becomes DJL's default by itself, whatever other engines there are: DJL takes the
 * lowest rank, and never the highest number, which is the rank of this engine. Name it, in the
 * criteria or in {@code serving.properties}; or make it the default with {@code
 * -Dai.djl.default_engine=ModernBert}.
 *
 * <p>Options of loading ({@code optOption}, or {@code option.*} in {@code serving.properties}):
 * {@code threads}, {@code kernels}, {@code tokenBudget}, {@code precision} and {@code weights},
 * those of {@link io.github.modernbert.LoadOptions}. What can be made of a loaded model is written
 * at {@link ModernBertTranslatorFactory}.
 *
 * <p>Its arrays hold data and do not compute: operations on them, training and saving throw {@link
 * UnsupportedOperationException}. So does a device that is not the CPU. There is no alternative
 * engine for these operations; pass arrays to an engine that computes by its manager's {@code
 * from}.
 */
public final class ModernBertEngine extends Engine {
  /** The name to give to {@code Criteria.Builder.optEngine} or {@code Model.newInstance}. */
  public static final String ENGINE_NAME = "ModernBert";

  /** DJL begins its search for the lowest rank with this number, so it never finds this engine. */
  static final int RANK = Integer.MAX_VALUE;

  static final ModernBertEngine INSTANCE = new ModernBertEngine();

  private ModernBertEngine() {}

  /** Null: there is no alternative engine. */
  @Override
  public @Nullable Engine getAlternativeEngine() {
    return null;
  }

  @Override
  public String getEngineName() {
    return ENGINE_NAME;
  }

  @Override
  public int getRank() {
    return RANK;
  }

  @Override
  public String getVersion() {
    @Nullable String version = getClass().getPackage().getImplementationVersion();
    return version == null ? "(development)" : version;
  }

  /** False: none of DJL's standard capabilities is there. */
  @Override
  public boolean hasCapability(String capability) {
    return false;
  }

  /**
   * Makes an empty model, which loads a checkpoint's folder.
   *
   * @param name the name of the model in DJL @param device the CPU, or null for it
   * @throws UnsupportedOperationException if it is another device
   */
  @Override
  public Model newModel(String name, @Nullable Device device) {
    return new CheckpointModel(name, newBaseManager(device));
  }

  @Override
  public NDManager newBaseManager() {
    return newBaseManager(null);
  }

  /**
   * Makes a manager of arrays that hold data and do not compute.
   *
   * @param device the CPU, or null for it
   * @throws UnsupportedOperationException if it is another device
   */
  @Override
  public NDManager newBaseManager(@Nullable Device device) {
    return DataManager.root().newSubManager(device == null ? defaultDevice() : device);
  }

  /** Unsupported: the engine does not train. */
  @Override
  public ParameterServer newParameterServer(Optimizer optimizer) {
    throw new UnsupportedOperationException("the engine " + ENGINE_NAME + " does not train");
  }
}

package io.github.modernbert.djl;

import ai.djl.BaseModel;
import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.nlp.translator.CrossEncoderServingTranslator;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.WeightType;
import io.github.modernbert.files.ModelFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DJL's view of a checkpoint. It owns the loaded weights through its manager. */
final class CheckpointModel extends BaseModel {
  private @Nullable LoadedCheckpoint checkpoint;

  CheckpointModel(String name, NDManager manager) {
    super(name);
    this.manager = manager;
    manager.setName("modernBertModel");
    dataType = DataType.FLOAT32;
  }

  /**
   * The checkpoint that a model has loaded.
   *
   * @throws TranslateException if the model is of another engine
   * @throws IllegalStateException if it has not loaded anything
   */
  static LoadedCheckpoint checkpoint(Model model) throws TranslateException {
    Model inner = model instanceof ZooModel<?, ?> zoo ? zoo.getWrappedModel() : model;
    if (!(inner instanceof CheckpointModel ours)) {
      throw new TranslateException(
          "model '%s' was loaded by another engine (%s); name the engine: optEngine(\"%s\")"
              .formatted(
                  model.getName(), inner.getClass().getSimpleName(), ModernBertEngine.ENGINE_NAME));
    }
    return ours.loaded();
  }

  private LoadedCheckpoint loaded() {
    if (checkpoint == null) {
      throw new IllegalStateException("model '%s' is not loaded".formatted(modelName));
    }
    return checkpoint;
  }

  /** Loads a folder; its files have fixed names, so the prefix does not matter. */
  @Override
  public void load(Path modelPath, @Nullable String prefix, @Nullable Map<String, ?> options)
      throws IOException, MalformedModelException {
    load(modelPath, loadOptions(OptionValues.of(options)));
  }

  /** Loads a folder with the library's own options. */
  void load(Path modelPath, LoadOptions options) throws IOException, MalformedModelException {
    if (checkpoint != null) {
      throw new IllegalStateException(
          "model '%s' is loaded already, from %s".formatted(modelName, modelDir));
    }
    if (!Files.isDirectory(modelPath)) {
      throw new FileNotFoundException("expected a model's folder at " + modelPath);
    }
    setModelDir(modelPath);
    try {
      checkpoint = new LoadedCheckpoint(modelDir, options);
    } catch (ModelFileException e) {
      throw new MalformedModelException(e.getMessage(), e);
    }
    manager.attachInternal(NDManager.nextUid(), checkpoint);
    block = new CheckpointBlock(checkpoint);
    wasLoaded = true;
  }

  private static LoadOptions loadOptions(OptionValues options) {
    LoadOptions result = LoadOptions.defaults();
    result = OptionValues.with(result, options.integer("threads"), LoadOptions::threads);
    result =
        OptionValues.with(
            result, options.constant("kernels", KernelChoice.class), LoadOptions::kernels);
    result = OptionValues.with(result, options.integer("tokenBudget"), LoadOptions::tokenBudget);
    result =
        OptionValues.with(
            result, options.constant("precision", Precision.class), LoadOptions::precision);
    return OptionValues.with(
        result, options.constant("weights", WeightType.class), LoadOptions::weights);
  }

  /**
   * Makes a predictor.
   *
   * @throws IllegalArgumentException if the translator makes arrays, and the checkpoint takes texts
   *     only: DJL chooses a translator for images where criteria ask for {@code Classifications}
   *     and name no factory
   */
  @Override
  public <I, O> Predictor<I, O> newPredictor(Translator<I, O> translator, Device device) {
    LoadedCheckpoint own = loaded();
    if (!own.takesTokens() && stacksArrays(translator)) {
      throw new IllegalArgumentException(
          "%s is for %s, from texts, but the translator stacks arrays; name the one for texts: optTranslatorFactory(new %s())"
              .formatted(
                  own.description().folder(),
                  own.description().mainTask().key(),
                  ModernBertTranslatorFactory.class.getSimpleName()));
    }
    return super.newPredictor(translator, device);
  }

  private static boolean stacksArrays(Translator<?, ?> translator) {
    @Nullable Batchifier batchifier = translator.getBatchifier();
    return batchifier != null
        && batchifier != BatchMerger.INSTANCE
        // Does not say that it leaves batches to the translator inside.
        && !(translator instanceof CrossEncoderServingTranslator);
  }

  @Override
  public String[] getArtifactNames() {
    Path folder = loaded().description().folder();
    try (var files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toArray(String[]::new);
    } catch (IOException e) {
      throw new AssertionError("Failed to list files", e);
    }
  }

  @Override
  public void setBlock(Block other) {
    throw new UnsupportedOperationException("the block comes from the checkpoint");
  }

  @Override
  public void setDataType(DataType type) {
    if (type != DataType.FLOAT32) {
      throw new UnsupportedOperationException("models are computed in FLOAT32, not in " + type);
    }
  }

  @Override
  public void save(Path modelPath, @Nullable String newModelName) {
    throw new UnsupportedOperationException("models cannot be saved");
  }
}

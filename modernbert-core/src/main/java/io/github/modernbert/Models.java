package io.github.modernbert;

import io.github.modernbert.files.FileNames;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.folders.ConvertedFolder;
import io.github.modernbert.folders.ModelSource;
import io.github.modernbert.tasks.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CancellationException;

/**
 * Finds out what a model's folder is for, loads it, and writes copies of it in other formats.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="models"}
 */
public final class Models {
  private Models() {}

  /**
   * Describes a model's folder, told from {@code architectures}, the tensors of its checkpoint and
   * the files of sentence-transformers. No weights are loaded.
   *
   * @throws ModelFileException if a file is missing or malformed, or the model is of another
   *     architecture
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public static ModelDescription describe(Path folder) {
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      return source.read(ModelDescription::read).at(folder);
    }
  }

  /** Like {@link #describe(Path)} for what {@link #locate(String)} finds. */
  public static ModelDescription describe(String nameOrFolder) {
    return describe(locate(nameOrFolder));
  }

  /**
   * The folder of a model: the one of that name, or else what an installed {@link ModelLocator}
   * makes of it. With the artifact {@code modernbert-hub} a name is one on the Hugging Face Hub,
   * {@code organisation/name} or {@code organisation/name@revision}, and its files are downloaded
   * unless they are there.
   *
   * @return an existing file or folder
   * @throws IllegalArgumentException if there is no such folder, and nothing is installed that
   *     finds models by name, or it is no name
   */
  public static Path locate(String nameOrFolder) {
    return locate(nameOrFolder, installed());
  }

  /** Like {@link #locate(String)} with a locator of the caller's choice. */
  public static Path locate(String nameOrFolder, ModelLocator locator) {
    return locate(nameOrFolder, List.of(Arguments.notNull(locator, "locator")));
  }

  /** Like {@link #locate(String, ModelLocator)} with several locators, which are asked in turn. */
  static Path locate(String nameOrFolder, Iterable<? extends ModelLocator> locators) {
    Arguments.notNull(nameOrFolder, "nameOrFolder");
    Optional<Path> path = existing(nameOrFolder);
    if (path.isPresent()) {
      return path.get();
    }
    boolean asked = false;
    for (ModelLocator locator : locators) {
      asked = true;
      Optional<Path> found = locator.locate(nameOrFolder);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalArgumentException(
        nameOrFolder
            + ": folder not found"
            + (asked
                ? ", and not the name of a model, such as organisation/name"
                : "; to load models by name add the dependency"
                    + " io.github.modernbert:modernbert-hub")
            + FileNames.encodingHint(nameOrFolder));
  }

  private static Optional<Path> existing(String name) {
    try {
      return Optional.of(Path.of(name)).filter(path -> !name.isEmpty() && Files.exists(path));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Locators beside this library or, if there are none, those of the application it serves. */
  private static List<ModelLocator> installed() {
    var found = new ArrayList<ModelLocator>();
    ServiceLoader.load(ModelLocator.class, Models.class.getClassLoader()).forEach(found::add);
    if (found.isEmpty()) {
      ServiceLoader.load(ModelLocator.class).forEach(found::add);
    }
    return found;
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static TaskModel load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a folder with the class for what its model was made for.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public static TaskModel load(Path folder, LoadOptions options) {
    return switch (describe(folder).mainTask()) {
      case EMBEDDING -> TextEmbedder.load(folder, options);
      case LATE_INTERACTION -> ColBert.load(folder, options);
      case SPARSE_EMBEDDING -> SparseEncoder.load(folder, options);
      case FILL_MASK -> FillMask.load(folder, options);
      case TEXT_CLASSIFICATION -> TextClassifier.load(folder, options);
      case ZERO_SHOT_CLASSIFICATION -> ZeroShotClassifier.load(folder, options);
      case RERANKING -> CrossEncoder.load(folder, options);
      case TOKEN_CLASSIFICATION -> TokenClassifier.load(folder, options);
      case QUESTION_ANSWERING -> QuestionAnswerer.load(folder, options);
      case MULTIPLE_CHOICE -> MultipleChoice.load(folder, options);
    };
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static TaskModel load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * #locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static TaskModel load(String nameOrFolder, LoadOptions options) {
    return load(locate(nameOrFolder), options);
  }

  /**
   * Writes a copy of a model whose encoder has weights of 8-bit integers: a folder that is loaded
   * like any other, without an option, and gives the same bits as loading the source with {@link
   * Precision#INT8}.
   *
   * {@snippet file="io/github/modernbert/SnippetsTest.java" region="quantize"}
   *
   * <p>The weights of the encoder's linear layers become tensors of dtype I8 with {@code
   * weight_scale} beside them, and {@code config.json} says so, in the layout of {@code
   * compressed-tensors}. Norms and biases of the layers take over what columns of weights were
   * divided by, and become float32. All other tensors stay as they are, and so do tokenizer,
   * configurations and modules, which are copied; weights in other formats are not.
   *
   * @param source a model's folder
   * @param target does not exist yet; appears when it is complete, in one step
   * @throws ModelFileException if the source cannot be used, or its weights hold infinities or NaN
   * @throws IllegalArgumentException if the source is quantized already, the target exists, there
   *     is no folder for it, or it is not on the default file system
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     target
   * @throws IOException if the target cannot be written
   */
  public static void quantize(Path source, Path target) throws IOException {
    Arguments.notNull(target, "target");
    try (var files = ModelSource.of(Arguments.notNull(source, "source"))) {
      files.read(folder -> ConvertedFolder.quantize(folder, Models::locate, target));
    }
  }

  /** Like {@link #quantize(Path, Path)} for what {@link #locate(String)} finds. */
  public static void quantize(String nameOrFolder, Path target) throws IOException {
    quantize(locate(nameOrFolder), target);
  }

  /**
   * Writes a copy of a model with all weights in {@code model.safetensors}, whatever they were in:
   * {@code pytorch_model.bin}, shards, or a LoRA adapter and its base model, which are merged. The
   * copy gives the same bits. Tokenizer, configurations and modules are copied.
   *
   * {@snippet file="io/github/modernbert/SnippetsTest.java" region="convert"}
   *
   * @param source a model's folder
   * @param target does not exist yet; appears when it is complete, in one step
   * @throws ModelFileException if the source cannot be used
   * @throws IllegalArgumentException if the target exists, or there is no folder for it
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     target
   * @throws IOException if the target cannot be written
   */
  public static void convert(Path source, Path target) throws IOException {
    Arguments.notNull(target, "target");
    try (var files = ModelSource.of(Arguments.notNull(source, "source"))) {
      files.read(folder -> ConvertedFolder.convert(folder, Models::locate, target));
    }
  }

  /** Like {@link #convert(Path, Path)} for what {@link #locate(String)} finds. */
  public static void convert(String nameOrFolder, Path target) throws IOException {
    convert(locate(nameOrFolder), target);
  }

  /**
   * Packs the weights of a model as loading does, and keeps them in a folder, so that the first
   * load with {@link LoadOptions#cacheFolder} is as fast as the later ones.
   *
   * {@snippet file="io/github/modernbert/SnippetsTest.java" region="prepare"}
   *
   * @param source a model's folder
   * @param folder made if it is not there
   * @param options those that the model will be loaded with; threads and token budget do not matter
   * @return the file with the weights, which may have been there before
   * @throws ModelFileException if the model cannot be used
   * @throws CancellationException if the thread is interrupted; the flag stays set
   * @throws IOException if the file cannot be written, or weights of this model are not kept
   */
  public static Path prepare(Path source, Path folder, LoadOptions options) throws IOException {
    LoadOptions keeping = Arguments.notNull(options, "options").cacheFolder(folder);
    try (TaskModel model = load(Arguments.notNull(source, "source"), keeping)) {
      return model
          .model()
          .backbone()
          .prepared()
          .orElseThrow(() ->
              new IOException(
                  folder
                      + ": the packed weights are not kept: it cannot be written to, as the log"
                      + " says, or the model has an adapter or is in an archive"));
    }
  }
}

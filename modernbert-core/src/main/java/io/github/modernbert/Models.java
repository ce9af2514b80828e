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
 * Describes models, loads them with the class of their task, and writes copies in other formats.
 * All methods are safe for use by several threads.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="models"}
 */
public final class Models {
  private Models() {}

  /**
   * Describes the model in a folder from {@code architectures}, the names of its tensors and the
   * files of sentence-transformers. No weights are loaded.
   *
   * @param folder a model's folder
   * @return architecture, head and tasks
   * @throws ModelFileException if a file is missing or malformed, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if the folder is null
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public static ModelDescription describe(Path folder) {
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      return source.read(ModelDescription::read).at(folder);
    }
  }

  /**
   * Describes a model by name; see {@link #describe(Path)} and {@link #locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return architecture, head and tasks
   * @throws ModelFileException if a file is missing or malformed, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws CancellationException if the thread is interrupted; the flag stays set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ModelDescription describe(String nameOrFolder) {
    return describe(locate(nameOrFolder));
  }

  /**
   * Finds the folder of a model: the folder of that path if there is one, else the folder that an
   * installed {@link ModelLocator} gives for the name. With the artifact {@code modernbert-hub}
   * names are those of the Hugging Face Hub, {@code organisation/name} or {@code
   * organisation/name@revision}; files that are not in its cache are downloaded.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return an existing file or folder
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static Path locate(String nameOrFolder) {
    return locate(nameOrFolder, installed());
  }

  /**
   * Finds the folder of a model: the folder of that path if there is one, else the folder that the
   * locator gives for the name.
   *
   * @param nameOrFolder the path of a folder, or a name that the locator knows
   * @param locator finds models by name
   * @return an existing file or folder, or what the locator gives
   * @throws IllegalArgumentException if an argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
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

  /**
   * Loads a model with the class of its main task and {@linkplain LoadOptions#defaults default
   * options}; see {@link ModelDescription#mainTask}.
   *
   * @param folder a model's folder
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if the folder is null
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public static TaskModel load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a model with the class of its main task; see {@link ModelDescription#mainTask}.
   *
   * @param folder a model's folder
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public static TaskModel load(Path folder, LoadOptions options) {
    Arguments.notNull(options, "options").beginToLoad();
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      Task task = source.read(ModelDescription::read).mainTask();
      return switch (task) {
        case EMBEDDING -> TextEmbedder.load(source, options);
        case LATE_INTERACTION -> TaskModel.load(source, task, options, ColBert::new);
        case SPARSE_EMBEDDING -> TaskModel.load(source, task, options, SparseEncoder::new);
        case FILL_MASK -> TaskModel.load(source, task, options, FillMask::new);
        case TEXT_CLASSIFICATION -> TaskModel.load(source, task, options, TextClassifier::new);
        case ZERO_SHOT_CLASSIFICATION ->
            TaskModel.load(source, task, options, ZeroShotClassifier::new);
        case RERANKING -> TaskModel.load(source, task, options, CrossEncoder::new);
        case TOKEN_CLASSIFICATION -> TaskModel.load(source, task, options, TokenClassifier::new);
        case QUESTION_ANSWERING -> TaskModel.load(source, task, options, QuestionAnswerer::new);
        case MULTIPLE_CHOICE -> TaskModel.load(source, task, options, MultipleChoice::new);
      };
    }
  }

  /**
   * Loads a model by name with the class of its main task and {@linkplain LoadOptions#defaults
   * default options}; see {@link #locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws CancellationException if the thread is interrupted; the flag stays set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static TaskModel load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a model by name with the class of its main task; see {@link #locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws CancellationException if the thread is interrupted; the flag stays set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static TaskModel load(String nameOrFolder, LoadOptions options) {
    return load(locate(nameOrFolder), options);
  }

  /**
   * Writes a copy of a model with the encoder's weights as 8-bit integers. The copy is loaded like
   * any other folder, without an option, and gives the same bits as the source loaded with {@link
   * Precision#INT8}.
   *
   * {@snippet file="io/github/modernbert/SnippetsTest.java" region="quantize"}
   *
   * <p>The weights of the encoder's linear layers become tensors of dtype I8 with {@code
   * weight_scale} beside them, and {@code config.json} says so, in the layout of {@code
   * compressed-tensors}. Some columns of weights are divided by a factor before they are rounded;
   * the norms and biases before them are multiplied by it and become float32. All other tensors are
   * copied unchanged, and so are tokenizer, configurations and modules. Weights of the folder in
   * other formats are not copied.
   *
   * @param source a model's folder
   * @param target a folder that does not exist yet; it appears, complete, in one step
   * @throws ModelFileException if the source cannot be used, or its weights hold infinities or NaN
   * @throws IllegalArgumentException if an argument is null, the source is quantized already, the
   *     target exists, its parent does not, or it is not on the default file system
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

  /**
   * Writes a quantized copy of a model by name; see {@link #quantize(Path, Path)} and {@link
   * #locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param target a folder that does not exist yet; it appears, complete, in one step
   * @throws ModelFileException if the source cannot be used, or its weights hold infinities or NaN
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the source is quantized already, the target exists, its parent does
   *     not, or it is not on the default file system
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     target
   * @throws IOException if the target cannot be written
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static void quantize(String nameOrFolder, Path target) throws IOException {
    quantize(locate(nameOrFolder), target);
  }

  /**
   * Writes a copy of a model with all weights in one {@code model.safetensors}. The source may have
   * them in {@code pytorch_model.bin}, in shards, or as a LoRA adapter (arXiv:2106.09685), which is
   * merged into its base model. The copy gives the same bits. Tokenizer, configurations and modules
   * are copied.
   *
   * {@snippet file="io/github/modernbert/SnippetsTest.java" region="convert"}
   *
   * @param source a model's folder
   * @param target a folder that does not exist yet; it appears, complete, in one step
   * @throws ModelFileException if the source cannot be used
   * @throws IllegalArgumentException if an argument is null, the target exists, or its parent does
   *     not
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

  /**
   * Writes a copy of a model by name, with all weights in {@code model.safetensors}; see {@link
   * #convert(Path, Path)} and {@link #locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param target a folder that does not exist yet; it appears, complete, in one step
   * @throws ModelFileException if the source cannot be used
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the target exists, or its parent does not
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     target
   * @throws IOException if the target cannot be written
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
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

package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The settings of a late-interaction model (ColBERT): prefixes, lengths, query expansion and
 * skipped tokens of queries and documents. Read from folders of PyLate and of {@code
 * MultiVectorEncoder} of sentence-transformers 6, as sentence-transformers reads them.
 *
 * @param steps what is done to each token's vector: {@code Dense} and {@code Normalize}
 * @param queryPrompt put before each query
 * @param documentPrompt put before each document
 * @param prefixes those of the prompts' beginnings that were single tokens in training, if the
 *     tokenizer knows them
 * @param queryLength tokens of a query that is not expanded; what is over is cut
 * @param documentLength tokens of a document; what is over is cut
 * @param expansion what is put behind queries, if anything
 * @param skiplistWords tokens whose vectors do not count
 * @param skipsInQueries whether the skip list applies to queries
 * @param skipsInDocuments whether the skip list applies to documents
 * @param tokenPooling how vectors of similar tokens become one, if they do
 * @param meanOverQuery whether the score is the mean over the query's vectors, not the sum
 */
public record LateInteractionSettings(
    List<EmbeddingModule> steps,
    String queryPrompt,
    String documentPrompt,
    List<String> prefixes,
    OptionalInt queryLength,
    OptionalInt documentLength,
    Optional<QueryExpansion> expansion,
    List<String> skiplistWords,
    boolean skipsInQueries,
    boolean skipsInDocuments,
    Optional<TokenPooling> tokenPooling,
    boolean meanOverQuery) {
  private static final String PYLATE = "ColBERT";
  private static final String NATIVE = "MultiVectorEncoder";
  private static final String SINGLE = "SentenceTransformer";
  private static final String MASK = "MultiVectorMask";
  private static final String POOLING = "HierarchicalTokenPooling";
  private static final String TOKENS = "token_embeddings";
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  private static final int MOST = 1 << 20;
  private static final Set<String> DOCUMENTS = Set.of("document");
  private static final List<String> PYLATE_KEYS =
      List.of(
          "query_length",
          "document_length",
          "do_query_expansion",
          "attend_to_expansion_tokens",
          "attend_to_mask_tokens",
          "query_prefix",
          "document_prefix",
          "skiplist_words");

  /** Copies the lists. */
  public LateInteractionSettings {
    steps = List.copyOf(steps);
    prefixes = List.copyOf(prefixes);
    skiplistWords = List.copyOf(skiplistWords);
  }

  /**
   * Reads a folder.
   *
   * @param hiddenSize of the model
   * @throws ModelFileException if a file holds what such a model cannot have, or its modules do not
   *     fit together
   */
  public static LateInteractionSettings read(Path root, int hiddenSize) {
    Json config = config(root);
    Optional<Json> modelType = config.find("model_type");
    String kind = modelType.map(Json::string).orElse(SINGLE);
    if (!List.of(PYLATE, NATIVE, SINGLE).contains(kind)) {
      throw modelType.orElseThrow().mismatch(PYLATE + " or " + NATIVE);
    }
    if (ModuleList.read(root).router().isPresent()) {
      throw new ModelFileException(
          root.resolve(ModuleList.FILE), "a model of late interaction cannot have a Router here");
    }
    ModuleTypes modules = ModuleTypes.read(root);
    List<EmbeddingModule> steps = steps(root, modules, hiddenSize);
    Optional<Json> mask =
        modules.folder(MASK).map(folder -> Json.read(folder.resolve("config.json")));
    List<String> prefixes = new ArrayList<>();
    String query = prompt(config, "query", prefixes);
    String document = prompt(config, "document", prefixes);
    boolean isPyLate = kind.equals(PYLATE) || !prefixes.isEmpty();
    Json transformer = transformer(modules.transformer());
    Optional<QueryExpansion> expansion = expansion(transformer, config);
    if (mask.isEmpty() && kind.equals(NATIVE) && expansion.isPresent()) {
      throw new ModelFileException(
          root.resolve(ModuleList.FILE),
          "queries are expanded, and no MultiVectorMask says that the new tokens count: found "
              + modules.types());
    }
    Optional<TokenPooling> pooling = modules.folder(POOLING).map(TokenPooling::read);
    boolean masksLast = mask.isEmpty() && !kind.equals(NATIVE);
    if (pooling.isPresent() && (masksLast || !modules.types().getLast().equals(POOLING))) {
      throw new ModelFileException(
          root.resolve(ModuleList.FILE),
          "expected %s as the last module, behind a %s, found %s"
              .formatted(POOLING, MASK, modules.types()));
    }
    if (masksLast) {
      steps.add(new EmbeddingModule.Normalize());
    }
    Set<String> tasks = mask.map(LateInteractionSettings::skiplistTasks).orElse(DOCUMENTS);
    return new LateInteractionSettings(
        steps,
        query,
        document,
        prefixes.stream().filter(prefix -> !prefix.isBlank()).toList(),
        length(transformer, config, "query_length"),
        length(transformer, config, "document_length"),
        expansion,
        skiplist(mask.orElse(config), isPyLate && mask.isEmpty()),
        tasks.contains("query"),
        tasks.contains("document"),
        pooling,
        config.find("similarity_fn_name").map(Json::string).equals(Optional.of("meanmaxsim")));
  }

  /**
   * The number of tokens of the longest query or document that a folder's files name, or 0.
   *
   * @param inner the folder of the transformer
   */
  static int longest(Path root, Path inner) {
    Json config = config(root);
    Json transformer = transformer(inner);
    int length = expansion(transformer, config).map(QueryExpansion::length).orElse(0);
    for (String key : List.of("query_length", "document_length")) {
      length = Math.max(length, length(transformer, config, key).orElse(0));
    }
    return length;
  }

  private static Json config(Path root) {
    Path file = root.resolve(SentenceTransformersFolder.CONFIG);
    return SentenceTransformersFolder.config(root)
        .orElseGet(() -> Json.parse(file.toString(), "{}"));
  }

  private static Json transformer(Path folder) {
    Path file = folder.resolve("sentence_bert_config.json");
    return RegularFiles.exists(file) ? Json.read(file) : Json.parse(file.toString(), "{}");
  }

  private static List<EmbeddingModule> steps(Path root, ModuleTypes modules, int hiddenSize) {
    Path file = root.resolve(ModuleList.FILE);
    var steps = new ArrayList<EmbeddingModule>();
    int dimension = hiddenSize;
    for (int i = 0; i < modules.types().size(); i++) {
      String type = modules.types().get(i);
      Path folder = modules.folders().get(i);
      if (type.equals("Transformer") != (i == 0)) {
        throw new ModelFileException(
            file,
            "expected Transformer as the first module and nowhere else, found " + modules.types());
      }
      switch (type) {
        case "Transformer", MASK, POOLING -> {}
        case "Dense" -> {
          EmbeddingModule.Dense dense = ModulesReader.dense(folder, TOKENS);
          if (dense.inFeatures() != dimension) {
            throw new ModelFileException(
                file,
                "%s takes vectors of %d, the module before it gives %d"
                    .formatted(dense, dense.inFeatures(), dimension));
          }
          steps.add(dense);
          dimension = dense.outFeatures();
        }
        case "Normalize" -> steps.add(ModulesReader.normalize(folder, TOKENS));
        default ->
            throw new ModelFileException(
                file,
                "expected Transformer, Dense, MultiVectorMask, Normalize and "
                    + POOLING
                    + ", found "
                    + modules.types());
      }
    }
    return steps;
  }

  /** PyLate's prefix stands before the prompt, if the prompt does not begin with it anyway. */
  private static String prompt(Json config, String role, List<String> prefixes) {
    String saved = Prompts.read(config).byName().getOrDefault(role, "");
    Optional<Json> key = config.member(role + "_prefix");
    if (key.isEmpty()) {
      return saved;
    }
    String prefix = key.get().isNull() ? "" : key.get().string();
    prefixes.add(prefix);
    return saved.startsWith(prefix) ? saved : prefix + saved;
  }

  private static OptionalInt length(Json transformer, Json config, String key) {
    Optional<Json> length = transformer.find(key).or(() -> config.find(key));
    return length.isPresent() ? OptionalInt.of(length.get().integer(1, MOST)) : OptionalInt.empty();
  }

  private static Optional<QueryExpansion> expansion(Json transformer, Json config) {
    for (Json json : List.of(transformer, config)) {
      Optional<Json> expansion = json.member("query_expansion");
      if (expansion.isPresent()) {
        return expansion.filter(value -> !value.isNull()).map(QueryExpansion::read);
      }
    }
    return PYLATE_KEYS.stream().anyMatch(config::has)
        ? QueryExpansion.readPyLate(config)
        : Optional.empty();
  }

  private static List<String> skiplist(Json json, boolean punctuationIfAbsent) {
    Optional<Json> words = json.find("skiplist_words");
    if (words.isPresent()) {
      return words.get().items().stream().map(Json::string).toList();
    }
    return punctuationIfAbsent ? List.of(PUNCTUATION.split("")) : List.of();
  }

  private static Set<String> skiplistTasks(Json mask) {
    mask.find("keep_only_token_ids")
        .filter(ids -> !ids.items().isEmpty())
        .ifPresent(ids -> {
          throw ids.mismatch("null: such a list is for models of images");
        });
    return tasks(mask.find("skiplist_tasks"));
  }

  /** A task or several; documents if there is no value. */
  static Set<String> tasks(Optional<Json> value) {
    if (value.isEmpty()) {
      return DOCUMENTS;
    }
    return value.get().isString()
        ? Set.of(value.get().string())
        : new HashSet<>(value.get().items().stream().map(Json::string).toList());
  }
}

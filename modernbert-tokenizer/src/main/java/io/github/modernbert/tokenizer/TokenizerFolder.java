package io.github.modernbert.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.files.FileNames;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import io.github.modernbert.tokenizer.processor.PostProcessor;
import io.github.modernbert.tokenizer.sentencepiece.SentencePieceModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the files beside a {@code tokenizer.json}: {@code tokenizer_config.json}, {@code
 * special_tokens_map.json} and {@code added_tokens.json}. It makes of them what the reference's
 * {@code AutoTokenizer} makes for a ModernBERT model, whose class is always {@code
 * TokenizersBackend} whatever the files name; {@code docs/tokenizer-files.md} has the table.
 *
 * <p>In plain loops: linking the lambdas that it would have otherwise takes a fresh JVM
 * milliseconds.
 */
final class TokenizerFolder {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String SENTENCE_PIECE = "tokenizer.model";
  private static final String MODULES = "modules.json";
  private static final String CONFIG = "tokenizer_config.json";

  /** Files from before {@code tokenizer.json}, and the class of the reference that reads them. */
  private static final Map<String, String> OLDER_FILES =
      new TreeMap<>(
          Map.of(
              "vocab.txt", "BertTokenizerFast",
              "vocab.json", "GPT2TokenizerFast",
              "spiece.model", "T5TokenizerFast",
              "sentencepiece.bpe.model", "XLMRobertaTokenizerFast"));

  private static final String SPECIAL_TOKENS_MAP = "special_tokens_map.json";
  private static final String ADDED_TOKENS = "added_tokens.json";
  private static final String DECODER = "added_tokens_decoder";
  private static final String EXTRA = "extra_special_tokens";

  /** The older name of {@link #EXTRA}. */
  private static final String ADDITIONAL = "additional_special_tokens";

  /** Named tokens, as objects in {@link #EXTRA} are. */
  private static final String OF_MODEL = "model_specific_special_tokens";

  private static final String NAME_SUFFIX = "_token";
  private static final String TYPE = "__type";

  /** The names of special tokens that every tokenizer of the reference has. */
  private static final List<String> NAMES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** Keys that change the tokens of other classes of the reference, but not of this one. */
  private static final Set<String> IGNORED =
      Set.of(
          "add_bos_token",
          "add_eos_token",
          "add_prefix_space",
          "clean_up_tokenization_spaces",
          "do_lower_case",
          "legacy",
          "sp_model_kwargs",
          "strip_accents",
          "tokenize_chinese_chars");

  /** {@code tokenizer_config.json}, and what replaces members of it. */
  private final Map<String, Json> config = new LinkedHashMap<>();

  private final Optional<Json> map;
  private final Optional<Json> addedTokens;

  /** The named special tokens, in the order in which they are added. */
  private final Map<String, AddedToken> named = new LinkedHashMap<>();

  /** The special tokens without a name. */
  private final List<AddedToken> extra = new ArrayList<>();

  /** The model of SentencePiece in the place of a {@code tokenizer.json}, if there is one. */
  private final Optional<SentencePieceModel> model;

  private TokenizerFolder(
      Path folder, Optional<Json> arguments, Optional<SentencePieceModel> model) {
    this.model = model;
    config.putAll(members(find(folder.resolve(CONFIG))));
    config.putAll(members(arguments));
    boolean hasDecoder = config.containsKey(DECODER);
    map = hasDecoder ? Optional.empty() : find(folder.resolve(SPECIAL_TOKENS_MAP));
    addedTokens = hasDecoder ? Optional.empty() : find(folder.resolve(ADDED_TOKENS));
  }

  private static Optional<Json> find(Path file) {
    return RegularFiles.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
  }

  /** The member of a file's object, {@code null} included, if both are there. */
  private static Optional<Json> member(Optional<Json> object, String key) {
    return object.isEmpty() ? Optional.empty() : object.get().member(key);
  }

  private static Map<String, Json> members(Optional<Json> object) {
    return object.isEmpty() ? Map.of() : object.get().members();
  }

  /** The member of the configuration, {@code null} included, if it is there. */
  private Optional<Json> member(String key) {
    return Optional.ofNullable(config.get(key));
  }

  /** The member of the configuration if it is there and not {@code null}. */
  private Optional<Json> find(String key) {
    Json value = config.get(key);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  private boolean configSays(String key) {
    Optional<Json> value = find(key);
    return value.isPresent() && value.get().bool();
  }

  /**
   * Reads the tokenizer of a folder.
   *
   * @param arguments what replaces members of {@code tokenizer_config.json}
   * @throws ModelFileException if there is none, or a file is malformed
   */
  static TokenizerFile read(Path root, Optional<Json> arguments) {
    Path folder = transformer(root);
    Path file = folder.resolve(TOKENIZER);
    if (RegularFiles.exists(file)) {
      TokenizerFile read = TokenizerFile.read(TokenizerJson.read(file));
      return new TokenizerFolder(folder, arguments, Optional.empty()).complete(read);
    }
    Path modelFile = folder.resolve(SENTENCE_PIECE);
    if (!RegularFiles.exists(modelFile)) {
      throw new ModelFileException(folder, advice(folder));
    }
    SentencePieceModel model = SentencePieceModel.read(modelFile);
    TokenizerFile read = TokenizerFile.read(model.document());
    var files = new TokenizerFolder(folder, arguments, Optional.of(model));
    return files.withTemplate(files.complete(read));
  }

  /** The folder of the tokenizer: that of the first module where {@code modules.json} names one. */
  private static Path transformer(Path root) {
    Path modules = root.resolve(MODULES);
    if (RegularFiles.exists(root.resolve(TOKENIZER)) || !RegularFiles.exists(modules)) {
      return root;
    }
    List<Json> items = Json.read(modules).items();
    Optional<Json> path = items.isEmpty() ? Optional.empty() : items.getFirst().find("path");
    Path inner = path.map(name -> FileNames.inside(root, name)).orElse(root);
    return Files.isDirectory(inner) ? inner : root;
  }

  /** How to come to a {@code tokenizer.json}, or what works without it. */
  private static String advice(Path folder) {
    String older =
        OLDER_FILES.keySet().stream()
            .filter(name -> RegularFiles.exists(folder.resolve(name)))
            .findFirst()
            .orElse("");
    return older.isEmpty()
        ? "has no tokenizer.json; texts cannot be read without it, token ids can"
        : "has no tokenizer.json, only %s, which the reference does not read either; in Python"
                .formatted(older)
            + " transformers.%s.from_pretrained(folder).save_pretrained(folder) writes one"
                .formatted(OLDER_FILES.get(older));
  }

  private TokenizerFile complete(TokenizerFile file) {
    readNamed(file.padding());
    readExtra();
    var texts = new LinkedHashMap<String, String>();
    for (var entry : named.entrySet()) {
      texts.put(entry.getKey(), entry.getValue().content());
    }
    TokenizerSettings stored = file.settings();
    var settings =
        new TokenizerSettings(
            modelMaxLength(),
            side("truncation_side", stored.truncationSide()),
            side("padding_side", stored.paddingSide()),
            configSays("split_special_tokens"),
            Map.copyOf(texts),
            Set.copyOf(contents(extra)));
    tellIgnored();
    return file.with(settings, tokensToAdd(file.addedTokens()));
  }

  private OptionalInt modelMaxLength() {
    Optional<Json> limit = member("model_max_length");
    if (limit.isEmpty()) {
      limit = member("max_len");
    }
    return limit.isEmpty() ? OptionalInt.empty() : limit.get().limit();
  }

  private Direction side(String key, Direction stored) {
    Optional<Json> given = find(key);
    if (given.isEmpty()) {
      return stored;
    }
    return switch (given.get().string()) {
      case "left" -> Direction.LEFT;
      case "right" -> Direction.RIGHT;
      default -> throw given.get().mismatch("'left' or 'right'");
    };
  }

  private void readNamed(Optional<Padding> stored) {
    Map<String, Json> ofMap = members(map);
    for (String name : NAMES) {
      Json value = ofMap.getOrDefault(name, config.get(name));
      if (value != null && !value.isNull()) {
        named.put(name, token(value));
      } else if (value == null && name.equals("pad_token")) {
        if (stored.isPresent()) {
          named.put(name, AddedToken.special(stored.get().padToken()));
        }
      } else if (value == null && model.isPresent()) {
        String token = model.get().specialTokens().get(name);
        if (token != null) {
          named.put(name, AddedToken.special(token));
        }
      }
    }
  }

  /**
   * Reads the special tokens with names of their own and those without a name. In the order of the
   * reference, which decides about ids: objects before texts, and those of the map in between.
   */
  private void readExtra() {
    addNamed(otherObjects());
    Map<String, Json> texts = otherTexts();
    Optional<Json> own = member(EXTRA);
    Optional<Json> older = member(ADDITIONAL);
    if (older.isPresent() && saysNothing(own)) {
      own = older;
      older = Optional.empty();
    }
    if (isObject(own)) {
      texts.putAll(own.get().members());
      own = Optional.empty();
    }
    addNamed(texts.isEmpty() ? members(find(OF_MODEL)) : texts);
    Optional<Json> inMap = member(map, EXTRA);
    if (member(map, ADDITIONAL).isPresent()) {
      older = member(map, ADDITIONAL);
    }
    if (isObject(inMap)) {
      addNamed(inMap.get().members());
      own = Optional.empty();
      inMap = Optional.empty();
    } else if (inMap.isPresent() && inMap.get().isNull()) {
      own = inMap;
    }
    if (own.isEmpty() && inMap.isEmpty()) {
      own = older;
    }
    if (saysNothing(own) && saysNothing(inMap) && model.isPresent()) {
      readPieces(model.get());
    }
    addExtra(own);
    addExtra(inMap);
  }

  /** What has a name of its own as an object, or in the map. */
  private Map<String, Json> otherObjects() {
    var objects = new LinkedHashMap<String, Json>();
    for (var entry : config.entrySet()) {
      if (isOtherName(entry.getKey()) && isTyped(entry.getValue())) {
        objects.put(entry.getKey(), entry.getValue());
      }
    }
    for (var entry : members(map).entrySet()) {
      Json value = entry.getValue();
      if (isOtherName(entry.getKey()) && (value.isString() || value.isObject())) {
        objects.put(entry.getKey(), value);
      }
    }
    return objects;
  }

  /** The texts of the configuration that have names of their own. */
  private Map<String, Json> otherTexts() {
    var texts = new LinkedHashMap<String, Json>();
    for (var entry : config.entrySet()) {
      if (isOtherName(entry.getKey()) && entry.getValue().isString()) {
        texts.put(entry.getKey(), entry.getValue());
      }
    }
    return texts;
  }

  private static boolean isOtherName(String key) {
    return key.endsWith(NAME_SUFFIX) && !NAMES.contains(key);
  }

  /** Whether an object says that it is a token, which the reference asks for in some places. */
  private static boolean isTyped(Json value) {
    return value.isObject() && value.has(TYPE);
  }

  private static boolean isObject(Optional<Json> value) {
    return value.isPresent() && value.get().isObject();
  }

  /** Whether a value is missing, null, or an empty list or object. */
  private static boolean saysNothing(Optional<Json> value) {
    if (value.isEmpty() || value.get().isNull()) {
      return true;
    }
    return value.get().isArray()
        ? value.get().items().isEmpty()
        : value.get().isObject() && value.get().members().isEmpty();
  }

  private void addNamed(Map<String, Json> tokens) {
    for (var entry : tokens.entrySet()) {
      named.put(entry.getKey(), token(entry.getValue()));
    }
  }

  private void readPieces(SentencePieceModel read) {
    read.addedTokens()
        .forEach((piece, isSpecial) ->
            extra.add(
                new AddedToken(AddedToken.NO_ID, piece, false, false, false, false, isSpecial)));
  }

  /** Adds the tokens of a list, or of an object that gives each a name. */
  private void addExtra(Optional<Json> tokens) {
    if (isObject(tokens)) {
      addNamed(tokens.get().members());
    } else if (tokens.isPresent() && !tokens.get().isNull()) {
      for (Json item : tokens.get().items()) {
        extra.add(token(item));
      }
    }
  }

  /**
   * A token's text, which is special then, or an object with its text and flags. Objects that say
   * their type are special only if they say so.
   */
  private static AddedToken token(Json json) {
    if (json.isString()) {
      return AddedToken.special(Fields.string(json));
    }
    if (!json.isObject()) {
      throw json.mismatch("the text of a token, or an object with it");
    }
    return AddedToken.readWithDefaults(json, !isTyped(json));
  }

  private static Set<String> contents(Collection<AddedToken> tokens) {
    var contents = new HashSet<String>();
    for (AddedToken token : tokens) {
      contents.add(token.content());
    }
    return contents;
  }

  /** The tokens that are added to those of the file, which they may change, in their order. */
  private List<AddedToken> tokensToAdd(List<AddedToken> ofFile) {
    var tokens = new ArrayList<>(decoder(ofFile).values());
    Set<String> known = contents(ofFile);
    known.addAll(contents(tokens));
    // Of several tokens with one text the last counts.
    for (Collection<AddedToken> more : List.of(named.values(), extra)) {
      for (AddedToken token : more) {
        if (!known.contains(token.content())) {
          tokens.add(token);
        }
      }
    }
    Set<String> names = contents(named.values());
    for (int i = 0; i < tokens.size(); i++) {
      if (names.contains(tokens.get(i).content())) {
        tokens.set(i, tokens.get(i).withSpecial(true));
      }
    }
    return tokens;
  }

  /** The tokens of {@code added_tokens_decoder}, or those of older files, by their ids. */
  private Map<Integer, AddedToken> decoder(List<AddedToken> ofFile) {
    var tokens = new TreeMap<Integer, AddedToken>();
    Optional<Json> decoder = member(DECODER);
    if (decoder.isPresent()) {
      for (var entry : decoder.get().members().entrySet()) {
        Json token = entry.getValue();
        tokens.put(id(entry.getKey(), token), AddedToken.readWithDefaults(token, false));
      }
      return tokens;
    }
    Set<String> special = contents(extra);
    for (var entry : named.entrySet()) {
      if (NAMES.contains(entry.getKey())) {
        special.add(entry.getValue().content());
      }
    }
    for (var entry : members(addedTokens).entrySet()) {
      String content = entry.getKey();
      int id = Fields.natural(entry.getValue());
      tokens.put(id, AddedToken.of(content, special.contains(content)));
    }
    for (AddedToken token : ofFile) {
      tokens.put(token.id(), token);
    }
    return tokens;
  }

  private static int id(String digits, Json token) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw token.error("expected the id of a token as key, found '" + digits + "'");
    }
  }

  /**
   * The tokenizer with the first and last tokens that {@code add_bos_token} and {@code
   * add_eos_token} ask for, which count only where there is no {@code tokenizer.json}.
   */
  private TokenizerFile withTemplate(TokenizerFile file) {
    var start = new JsonArray();
    var end = new JsonArray();
    var special = new JsonObject();
    addToTemplate("bos_token", file, start, special);
    addToTemplate("eos_token", file, end, special);
    var template = new JsonObject();
    template.addProperty("type", "TemplateProcessing");
    JsonArray single = sequence("A", 0, start, end);
    JsonArray pair = single.deepCopy();
    pair.addAll(sequence("B", 1, start, end));
    template.add("single", single);
    template.add("pair", pair);
    template.add("special_tokens", special);
    PostProcessor processor = PostProcessor.read(Json.parse(file.name(), template.toString()));
    return file.with(file.pipeline().with(processor));
  }

  private void addToTemplate(String name, TokenizerFile file, JsonArray place, JsonObject special) {
    AddedToken token = named.get(name);
    if (token == null || !configSays("add_" + name)) {
      return;
    }
    String content = token.content();
    int id = new Tokenizer(file).tokenToId(content).orElseThrow();
    place.add(content);
    var tokens = new JsonArray();
    tokens.add(content);
    var ids = new JsonArray();
    ids.add(id);
    var described = new JsonObject();
    described.addProperty("id", content);
    described.add("ids", ids);
    described.add("tokens", tokens);
    special.add(content, described);
  }

  /** A text between special tokens, as a part of a template. */
  private static JsonArray sequence(String text, int typeId, JsonArray start, JsonArray end) {
    var pieces = new JsonArray();
    start.forEach(token -> pieces.add(piece("SpecialToken", token.getAsString(), typeId)));
    pieces.add(piece("Sequence", text, typeId));
    end.forEach(token -> pieces.add(piece("SpecialToken", token.getAsString(), typeId)));
    return pieces;
  }

  private static JsonObject piece(String kind, String id, int typeId) {
    var named = new JsonObject();
    named.addProperty("id", id);
    named.addProperty("type_id", typeId);
    var piece = new JsonObject();
    piece.add(kind, named);
    return piece;
  }

  private static boolean asksForSomething(Json value) {
    boolean isFalse = value.isBoolean() && !value.bool();
    return !value.isNull() && !isFalse && !(value.isObject() && value.members().isEmpty());
  }

  private void tellIgnored() {
    Optional<Json> files = find("fast_tokenizer_files");
    if (files.isPresent()) {
      logger()
          .log(
              Level.WARNING,
              "{0}: fast_tokenizer_files names {1}, of which the reference may take another"
                  + " than tokenizer.json; tokenizer.json is read",
              files.get().file(),
              files.get());
    }
    var ignored = new TreeMap<String, Json>();
    for (var entry : config.entrySet()) {
      if (IGNORED.contains(entry.getKey()) && asksForSomething(entry.getValue())) {
        ignored.put(entry.getKey(), entry.getValue());
      }
    }
    if (!ignored.isEmpty()) {
      logger()
          .log(
              Level.INFO,
              "{0}: ignored, as in the reference with models of this kind: {1}",
              ignored.firstEntry().getValue().file(),
              String.join(", ", ignored.keySet()));
    }
  }

  /** Made when it is needed, since the first logger of a JVM takes longer than the tokenizer. */
  private static Logger logger() {
    return System.getLogger(TokenizerFolder.class.getName());
  }
}

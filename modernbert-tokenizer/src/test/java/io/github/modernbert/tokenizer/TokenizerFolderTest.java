package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The files beside {@code tokenizer.json} mean what they mean to the reference. */
class TokenizerFolderTest {
  private static final int LENGTH = 8;
  private static final Path CASES = Golden.project().resolve("src-test-data/golden-extra");

  @TempDir Path work;

  @TestFactory
  Stream<DynamicTest> sameAsTheReference() {
    return tests("tokenizer-folders");
  }

  @TestFactory
  Stream<DynamicTest> modelsOfSentencePiece() {
    return tests("sentencepiece");
  }

  private Stream<DynamicTest> tests(String part) {
    List<Path> folders = Golden.folders(CASES.resolve(part), "expected.json");
    Golden.report(part + " of tokenizers", folders.size());
    return folders.stream()
        .map(folder -> dynamicTest(folder.getFileName().toString(), () -> check(folder)));
  }

  private void check(Path golden) throws IOException {
    Path folder = copy(golden);
    JsonObject expected = Golden.json(golden.resolve("expected.json")).getAsJsonObject();
    Tokenizer tokenizer;
    try {
      tokenizer = Tokenizer.load(folder);
    } catch (ModelFileException e) {
      assertTrue(expected.has("error"), e::toString);
      return;
    }
    // Where the reference stumbles over a token that it could understand we take it.
    if (expected.has("error")) {
      return;
    }
    checkTexts(expected, tokenizer);
    checkWords(expected, tokenizer);
    checkSettings(expected, tokenizer);
  }

  private static void checkTexts(JsonObject expected, Tokenizer tokenizer) {
    EncodeOptions plain = EncodeOptions.plain();
    EncodeOptions cut =
        plain.withTruncation(
            new Truncation(
                LENGTH,
                0,
                Truncation.Strategy.LONGEST_FIRST,
                tokenizer.settings().truncationSide()));
    JsonArray texts = expected.getAsJsonArray("texts");
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).getAsString();
      assertEquals(
          expected.getAsJsonArray("ids").get(i), json(tokenizer.encode(text, plain).ids()), text);
      assertEquals(
          expected.getAsJsonArray("cut").get(i), json(tokenizer.encode(text, cut).ids()), text);
    }
  }

  private static void checkWords(JsonObject expected, Tokenizer tokenizer) {
    List<String> words =
        expected.getAsJsonArray("words").asList().stream().map(JsonElement::getAsString).toList();
    Encoding encoding = tokenizer.encodeWords(words, EncodeOptions.plain());
    JsonObject withWords = expected.getAsJsonObject("with_words");
    assertEquals(withWords.get("ids"), json(encoding.ids()));
    var wordIds = new JsonArray();
    var offsets = new JsonArray();
    for (int i = 0; i < encoding.length(); i++) {
      int word = encoding.wordIds()[i];
      wordIds.add(word < 0 ? null : word);
      offsets.add(json(encoding.start(i), encoding.end(i)));
    }
    assertEquals(withWords.get("word_ids"), wordIds);
    assertEquals(withWords.get("offsets"), offsets);
  }

  private static void checkSettings(JsonObject expected, Tokenizer tokenizer) {
    TokenizerSettings settings = tokenizer.settings();
    JsonElement limit = expected.get("model_max_length");
    assertEquals(
        limit instanceof JsonNull ? OptionalInt.empty() : OptionalInt.of(limit.getAsInt()),
        settings.modelMaxLength());
    assertEquals(expected.get("truncation_side").getAsString(), name(settings.truncationSide()));
    assertEquals(expected.get("padding_side").getAsString(), name(settings.paddingSide()));
    expected
        .getAsJsonObject("special_tokens")
        .asMap()
        .forEach((name, token) ->
            assertEquals(token.getAsString(), settings.specialToken(name).orElse(null), name));
    var added = new JsonArray();
    for (AddedToken token : tokenizer.addedTokens()) {
      var json = new JsonObject();
      json.addProperty("id", token.id());
      json.addProperty("content", token.content());
      json.addProperty("lstrip", token.lstrip());
      json.addProperty("rstrip", token.rstrip());
      json.addProperty("normalized", token.normalized());
      json.addProperty("single_word", token.singleWord());
      json.addProperty("special", token.special());
      added.add(json);
    }
    assertEquals(expected.get("added_tokens"), added);
  }

  private static String name(Direction side) {
    return side.name().toLowerCase(Locale.ROOT);
  }

  private static JsonArray json(int... values) {
    var array = new JsonArray();
    Arrays.stream(values).forEach(array::add);
    return array;
  }

  /** The folder of a case with the tokenizer.json that its changes make. */
  private Path copy(Path golden) throws IOException {
    Path folder = Files.createDirectory(work.resolve(golden.getFileName()));
    JsonObject document = JsonParser.parseString(Tokenizers.json("small")).getAsJsonObject();
    try (var files = Files.list(golden)) {
      for (Path file : files.toList()) {
        if (file.endsWith("tokenizer_changes.json")) {
          change(document, Golden.json(file).getAsJsonObject());
        } else if (!file.endsWith("expected.json")) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    if (!Files.exists(golden.resolve("tokenizer.model"))) {
      String json = new Gson().newBuilder().serializeNulls().create().toJson(document);
      Files.writeString(folder.resolve("tokenizer.json"), json);
    }
    return folder;
  }

  private static void change(JsonObject document, JsonObject changes) {
    for (Map.Entry<String, JsonElement> entry : changes.entrySet()) {
      if (!entry.getKey().equals("added_tokens_flags")) {
        document.add(entry.getKey(), entry.getValue());
        continue;
      }
      for (JsonElement token : document.getAsJsonArray("added_tokens")) {
        JsonObject object = token.getAsJsonObject();
        if (entry.getValue().getAsJsonObject().get(object.get("content").getAsString())
            instanceof JsonObject flags) {
          flags.asMap().forEach(object::add);
        }
      }
    }
  }

  @Test
  void specialTokensInTextsOfStrangersAreSplitIfAsked() {
    Tokenizer tokenizer = Tokenizers.load("small");
    String text = "a [SEP] b [MASK]";
    int sep = tokenizer.tokenToId("[SEP]").orElseThrow();
    EncodeOptions options = EncodeOptions.plain().withSpecialTokens(false);
    int[] ids = tokenizer.encode(text, options.withSplitSpecialTokens(true)).ids();
    assertTrue(Arrays.stream(ids).noneMatch(id -> id == sep));
    assertEquals(text, tokenizer.decode(ids, false));
    assertArrayEquals(
        tokenizer.encode(text, options).ids(),
        tokenizer.encode(text, options.withSplitSpecialTokens(false)).ids());
  }

  @Test
  void folderWithoutTokenizerSaysWhatToDo() throws IOException {
    Path folder = Files.createDirectory(work.resolve("none"));
    var e = assertThrows(ModelFileException.class, () -> Tokenizer.load(folder));
    assertEquals(
        folder + ": has no tokenizer.json; texts cannot be read without it, token ids can",
        e.getMessage());
    Files.writeString(folder.resolve("vocab.txt"), "[UNK]\n");
    e = assertThrows(ModelFileException.class, () -> Tokenizer.load(folder));
    assertEquals(
        folder
            + ": has no tokenizer.json, only vocab.txt, which the reference does not read either;"
            + " in Python"
            + " transformers.BertTokenizerFast.from_pretrained(folder).save_pretrained(folder)"
            + " writes one",
        e.getMessage());
  }

  @Test
  void firstModuleOfSentenceTransformersHasTheTokenizer() throws IOException {
    Path folder = work.resolve("modules");
    Files.createDirectories(folder.resolve("0_Transformer"));
    Files.writeString(folder.resolve("modules.json"), "[{\"idx\":0,\"path\":\"0_Transformer\"}]");
    Files.writeString(folder.resolve("0_Transformer/tokenizer.json"), Tokenizers.json("small"));
    Files.writeString(
        folder.resolve("0_Transformer/tokenizer_config.json"), "{\"model_max_length\": 7}");
    assertEquals(OptionalInt.of(7), Tokenizer.load(folder).settings().modelMaxLength());
    Files.writeString(folder.resolve("modules.json"), "[{\"idx\":0,\"path\":\"..\"}]");
    assertThrows(ModelFileException.class, () -> Tokenizer.load(folder));
  }

  @Test
  void argumentsCountBeforeTheFile() throws IOException {
    Path folder = Files.createDirectory(work.resolve("arguments"));
    Files.writeString(folder.resolve("tokenizer.json"), Tokenizers.json("small"));
    Json left = Json.parse("arguments", "{\"truncation_side\": \"left\"}");
    assertEquals(Direction.LEFT, Tokenizer.load(folder, left).settings().truncationSide());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"truncation_side\": \"right\", \"model_max_length\": 7}");
    TokenizerSettings settings = Tokenizer.load(folder, left).settings();
    assertEquals(Direction.LEFT, settings.truncationSide());
    assertEquals(OptionalInt.of(7), settings.modelMaxLength());
    var e =
        assertThrows(
            ModelFileException.class, () -> Tokenizer.load(folder, Json.parse("arguments", "[]")));
    assertEquals("arguments: expected an object, found []", e.getMessage());
    Json up = Json.parse("arguments", "{\"truncation_side\": \"up\"}");
    e = assertThrows(ModelFileException.class, () -> Tokenizer.load(folder, up));
    assertEquals(
        "arguments: truncation_side: expected 'left' or 'right', found \"up\"", e.getMessage());
  }

  @Test
  void damagedModelsOfSentencePieceAreRefusedOrLoaded() throws IOException {
    Path folder = Files.createDirectory(work.resolve("damaged"));
    byte[] model = Files.readAllBytes(CASES.resolve("sentencepiece/bpe/tokenizer.model"));
    var random = new Random(1);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = Arrays.copyOf(model, round % 3 == 0 ? random.nextInt(model.length) : 2000);
      for (int i = 0; i < 5 && damaged.length > 0; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(folder.resolve("tokenizer.model"), damaged);
      try {
        Tokenizer.load(folder).encode("the model été");
      } catch (ModelFileException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("tokenizer.model"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void malformedFilesAreNamed() throws IOException {
    Path folder = Files.createDirectory(work.resolve("malformed"));
    Files.writeString(folder.resolve("tokenizer.json"), Tokenizers.json("small"));
    Map<String, String> messages =
        Map.of(
            "{\"truncation_side\":\"up\"}", "truncation_side: expected 'left' or 'right'",
            "{\"model_max_length\":0}", "model_max_length: expected an integer from 1",
            "{\"split_special_tokens\":1}", "split_special_tokens: expected true or false",
            "{\"cls_token\":5}", "cls_token: expected the text of a token",
            "{\"added_tokens_decoder\":{\"x\":{\"content\":\"a\"}}}",
                "added_tokens_decoder.x: expected the id of a token as key, found 'x'",
            "{\"added_tokens_decoder\":{\"1\":{}}}",
                "added_tokens_decoder.1: key 'content' is missing",
            "{\"additional_special_tokens\":[1]}",
                "additional_special_tokens[0]: expected the text of a token");
    messages.forEach((config, message) -> {
      Path file = folder.resolve("tokenizer_config.json");
      var e =
          assertThrows(
              ModelFileException.class,
              () -> {
                Files.writeString(file, config);
                Tokenizer.load(folder);
              });
      String found = String.valueOf(e.getMessage());
      assertTrue(found.startsWith(file + ": " + message), found);
    });
  }
}

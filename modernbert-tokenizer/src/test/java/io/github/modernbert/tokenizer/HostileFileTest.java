package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.modernbert.files.ModelFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files are refused by name or work; nothing else happens. */
class HostileFileTest {
  private static final List<JsonElement> VALUES =
      List.of(
          JsonNull.INSTANCE,
          new JsonPrimitive(true),
          new JsonPrimitive(-1),
          new JsonPrimitive(0),
          new JsonPrimitive(1.5),
          new JsonPrimitive(4294967296L),
          new JsonPrimitive(""),
          new JsonPrimitive("x"),
          new JsonPrimitive("(["),
          new JsonPrimitive("\uD800"),
          new JsonArray(),
          new JsonObject());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoo/normalizer-sequence",
        "zoo/llama3",
        "zoo/post-roberta-11",
        "zoo/bpe-continuing-prefix",
        "zoo/metaspace-first-split",
        "zoo/stored-truncation-padding",
        "zoo/added-combinations",
        "llama-style",
        "models/unigram-byte-fallback",
        "models/unigram-precompiled",
        "models/unigram-no-unk",
        "models/wordpiece",
        "models/wordpiece-without-type",
        "models/wordlevel"
      })
  void mutations(String name) {
    var random = new Random(name.hashCode());
    JsonElement whole = small(JsonParser.parseString(Tokenizers.json(name)));
    for (int round = 0; round < 400; round++) {
      JsonElement damaged = whole.deepCopy();
      mutate(damaged, random);
      tryOut(damaged.toString());
    }
    String text = whole.toString();
    for (int round = 0; round < 200; round++) {
      int at = random.nextInt(text.length());
      tryOut(text.substring(0, at) + (char) random.nextInt(128) + text.substring(at + 1));
      tryOut(text.substring(0, at));
    }
  }

  private static void tryOut(String json) {
    Tokenizer tokenizer;
    try {
      tokenizer = Tokenizer.parse("hostile", json);
    } catch (ModelFileException e) {
      return;
    } catch (RuntimeException | StackOverflowError e) {
      fail(json, e);
      return;
    }
    try {
      tokenizer.decode(tokenizer.encodePair("The [MASK] été  <s> 12", " x 日本 😀\n").ids(), true);
    } catch (ModelFileException | IllegalArgumentException e) {
      assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
    } catch (RuntimeException e) {
      fail(json, e);
    }
  }

  /** A file with fewer tokens and merges, so that damage hits other places too. */
  private static JsonElement small(JsonElement file) {
    JsonObject model = file.getAsJsonObject().getAsJsonObject("model");
    for (String table : List.of("merges", "vocab")) {
      if (model.get(table) instanceof JsonArray array) {
        while (array.size() > 12) {
          array.remove(array.size() - 1);
        }
      }
    }
    return file;
  }

  /** Changes one value somewhere, or takes it away; each level is as likely as any other. */
  private static void mutate(JsonElement at, Random random) {
    List<Runnable> changes = new ArrayList<>();
    JsonElement value = VALUES.get(random.nextInt(VALUES.size()));
    collect(at, value, random.nextBoolean(), changes);
    changes.get(random.nextInt(changes.size())).run();
  }

  private static void collect(
      JsonElement at, JsonElement value, boolean remove, List<Runnable> changes) {
    if (at instanceof JsonObject object) {
      int seen = 0;
      for (var member : object.entrySet()) {
        String key = member.getKey();
        if (seen++ < 20) {
          changes.add(remove ? () -> object.remove(key) : () -> object.add(key, value));
          collect(member.getValue(), value, remove, changes);
        }
      }
    } else if (at instanceof JsonArray array) {
      for (int i = 0; i < Math.min(20, array.size()); i++) {
        int index = i;
        changes.add(remove ? () -> array.remove(index) : () -> array.set(index, value));
        collect(array.get(i), value, remove, changes);
      }
    }
  }

  @Test
  void deepNestingIsNoStackOverflow() {
    String open = "{\"type\":\"Sequence\",\"normalizers\":[".repeat(20_000);
    assertThrows(
        ModelFileException.class,
        () -> Tokenizer.parse("deep", "{\"normalizer\":" + open + "]}".repeat(20_000) + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "normalizer | {\"type\":\"Nope\"} | normalizer: unknown normalizer 'Nope'",
        "normalizer | {\"type\":\"Precompiled\"}"
            + " | normalizer: key 'precompiled_charsmap' is missing",
        "normalizer | {\"type\":\"Precompiled\",\"precompiled_charsmap\":\"/////w==\"}"
            + " | normalizer.precompiled_charsmap: says that its double array has 4294967295 bytes",
        "pre_tokenizer | {\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Nope\"}]}"
            + " | pre_tokenizer.pretokenizers[0]: unknown pre-tokenizer 'Nope'",
        "post_processor | {\"type\":\"Nope\"} | post_processor: unknown post-processor 'Nope'",
        "decoder | {\"type\":\"Nope\"} | decoder: unknown decoder 'Nope'",
        "model | {\"type\":\"WordPiece\"} | model: key 'vocab' is missing",
        "model | {\"type\":\"WordPiece\",\"vocab\":[]}"
            + " | model.vocab: expected an object of tokens with ids for WordPiece",
        "model | {\"type\":\"Unigram\",\"vocab\":{}}"
            + " | model.vocab: expected an array of tokens with scores for Unigram",
        "model | {\"type\":\"Unigram\",\"vocab\":[[\"a\",0]],\"unk_id\":1}"
            + " | model.unk_id: expected the place of one of the 1 tokens",
        "model | {\"type\":\"Unigram\",\"vocab\":[[\"a\"]]}"
            + " | model.vocab[0][1]: expected a score, found nothing",
        "model | {\"type\":\"BPE\",\"vocab\":{\"a\":1.0},\"merges\":[]}"
            + " | model.vocab.a: expected an integer from 0 to 2147483647, found 1.0",
        "model | {\"type\":\"BPE\",\"vocab\":{\"a\":1},\"merges\":[\"#version\",\"a b\"]}"
            + " | model.merges[1]: token 'b' is not in the vocabulary",
        "model | {\"type\":\"Nope\",\"vocab\":{}} | model: unknown model 'Nope'",
        "extra | 1 | extra: unknown key"
      })
  void whatIsUnknownIsNamedWithItsPlace(String key, String value, String message) {
    var file = JsonParser.parseString(Tokenizers.json("small")).getAsJsonObject();
    file.add(key, JsonParser.parseString(value));
    var e =
        assertThrows(
            ModelFileException.class, () -> Tokenizer.parse("tokenizer.json", file.toString()));
    String found = String.valueOf(e.getMessage());
    assertTrue(found.startsWith("tokenizer.json: " + message), found);
  }
}

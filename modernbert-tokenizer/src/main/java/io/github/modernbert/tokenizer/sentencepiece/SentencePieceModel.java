package io.github.modernbert.tokenizer.sentencepiece;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.tokenizer.json.MergeEntries;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model file of SentencePiece, as far as the reference makes a tokenizer of it.
 *
 * @param document the {@code tokenizer.json} that it amounts to, without added tokens
 * @param specialTokens the special tokens by their names, such as {@code bos_token}
 * @param addedTokens control tokens and tokens defined by the user in the order of their ids; true
 *     for control tokens, which are special
 */
public record SentencePieceModel(
    TokenizerJson document, Map<String, String> specialTokens, Map<String, Boolean> addedTokens) {
  private static final long MAX_BYTES = 1L << 30;

  /** The longest piece of a BPE model: looking up its parts takes the square of its length. */
  private static final int MAX_PIECE = 4096;

  private static final String MARK = "\u2581";

  /** Types of pieces. */
  private static final int CONTROL = 3;

  private static final int USER_DEFINED = 4;

  /** The type of models that are not byte pair encodings. */
  private static final int UNIGRAM = 1;

  /**
   * Reads a file.
   *
   * @throws ModelFileException if it is missing, no regular file, or no such model
   */
  public static SentencePieceModel read(Path file) {
    byte[] bytes;
    try {
      if (Files.size(RegularFiles.require(file)) > MAX_BYTES) {
        throw new ModelFileException(file, "has more than %,d bytes".formatted(MAX_BYTES));
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw RegularFiles.unreadable(file, e);
    }
    var fields = new Fields();
    fields.read(new ProtobufReader(file, bytes, 0, bytes.length));
    if (fields.pieces.isEmpty()) {
      throw new ModelFileException(file, "expected a model of SentencePiece, found no pieces");
    }
    return fields.model(file.toString());
  }

  /** The fields of the messages ModelProto, TrainerSpec and NormalizerSpec that matter. */
  private static final class Fields {
    private final List<String> pieces = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();
    private final Map<String, Boolean> addedTokens = new LinkedHashMap<>();
    private int modelType = UNIGRAM;
    private boolean byteFallback;
    private int unkId;
    private int bosId = 1;
    private int eosId = 2;
    private String unkPiece = "<unk>";
    private String bosPiece = "<s>";
    private String eosPiece = "</s>";
    private byte[] charsmap = {};

    void read(ProtobufReader in) {
      while (in.next()) {
        switch (in.field()) {
          case 1 -> readPiece(in.message());
          case 2 -> readTrainer(in.message());
          case 3 -> readNormalizer(in.message());
          default -> {}
        }
      }
    }

    private void readPiece(ProtobufReader in) {
      String piece = "";
      float score = 0;
      int type = 1;
      while (in.next()) {
        switch (in.field()) {
          case 1 -> piece = in.string();
          case 2 -> score = in.number();
          case 3 -> type = in.integer();
          default -> {}
        }
      }
      pieces.add(piece);
      scores.add(score);
      if (type == CONTROL || type == USER_DEFINED) {
        addedTokens.putIfAbsent(piece, type == CONTROL);
      }
    }

    private void readTrainer(ProtobufReader in) {
      while (in.next()) {
        switch (in.field()) {
          case 3 -> modelType = in.integer();
          case 35 -> byteFallback = in.bool();
          case 40 -> unkId = in.integer();
          case 41 -> bosId = in.integer();
          case 42 -> eosId = in.integer();
          case 45 -> unkPiece = in.string();
          case 46 -> bosPiece = in.string();
          case 47 -> eosPiece = in.string();
          default -> {}
        }
      }
    }

    private void readNormalizer(ProtobufReader in) {
      while (in.next()) {
        if (in.field() == 2) {
          charsmap = in.bytes();
        }
      }
    }

    SentencePieceModel model(String name) {
      var special = new LinkedHashMap<String, String>();
      putIfUsed(special, "bos_token", bosId, bosPiece);
      putIfUsed(special, "eos_token", eosId, eosPiece);
      putIfUsed(special, "unk_token", unkId, unkPiece);
      return new SentencePieceModel(document(name), special, addedTokens);
    }

    private static void putIfUsed(Map<String, String> special, String name, int id, String piece) {
      if (id >= 0) {
        special.put(name, piece);
      }
    }

    private TokenizerJson document(String name) {
      var model = new JsonObject();
      model.addProperty("byte_fallback", byteFallback);
      VocabularyEntries vocabulary;
      MergeEntries merges = null;
      if (modelType == UNIGRAM) {
        model.addProperty("type", "Unigram");
        model.addProperty("unk_id", unkId);
        double[] all = scores.stream().mapToDouble(Float::doubleValue).toArray();
        vocabulary = new VocabularyEntries.WithScores(pieces, all);
      } else {
        model.addProperty("type", "BPE");
        model.addProperty("unk_token", unkPiece);
        model.addProperty("fuse_unk", true);
        var ids = new LinkedHashMap<String, Integer>();
        for (int id = 0; id < pieces.size(); id++) {
          ids.put(pieces.get(id), id);
        }
        int[] values = ids.values().stream().mapToInt(Integer::intValue).toArray();
        vocabulary = new VocabularyEntries.WithIds(List.copyOf(ids.keySet()), values);
        for (String piece : ids.keySet()) {
          if (piece.length() > MAX_PIECE) {
            throw new ModelFileException(
                name, "has a piece of more than %,d characters".formatted(MAX_PIECE));
          }
        }
        merges = merges(ids);
      }
      var settings = new JsonObject();
      settings.add("model", model);
      settings.add("normalizer", normalizer());
      settings.add("decoder", decoder());
      return new TokenizerJson(
          Json.parse(name, settings.toString()),
          Optional.of(vocabulary),
          Optional.ofNullable(merges));
    }

    private JsonObject normalizer() {
      var steps = new JsonArray();
      if (charsmap.length > 0) {
        var precompiled = new JsonObject();
        precompiled.addProperty("type", "Precompiled");
        precompiled.addProperty(
            "precompiled_charsmap", Base64.getEncoder().encodeToString(charsmap));
        steps.add(precompiled);
      }
      steps.add(replace(" ", MARK));
      return sequence("normalizers", steps);
    }

    private JsonObject decoder() {
      var steps = new JsonArray();
      steps.add(replace(MARK, " "));
      if (byteFallback) {
        for (String type : List.of("ByteFallback", "Fuse")) {
          var step = new JsonObject();
          step.addProperty("type", type);
          steps.add(step);
        }
      }
      return sequence("decoders", steps);
    }

    private static JsonObject replace(String text, String content) {
      var pattern = new JsonObject();
      pattern.addProperty("String", text);
      var step = new JsonObject();
      step.addProperty("type", "Replace");
      step.add("pattern", pattern);
      step.addProperty("content", content);
      return step;
    }

    private static JsonObject sequence(String key, JsonArray steps) {
      var sequence = new JsonObject();
      sequence.addProperty("type", "Sequence");
      sequence.add(key, steps);
      return sequence;
    }

    /** A way to make a piece of two others. */
    private record Merge(String left, String right, int leftId, int rightId, int id) {
      static final Comparator<Merge> ORDER =
          Comparator.comparingInt(Merge::id)
              .thenComparingInt(merge -> merge.left.codePointCount(0, merge.left.length()))
              .thenComparingInt(merge -> merge.right.codePointCount(0, merge.right.length()));
    }

    /** Every way to make a piece of two others, by the ids of the pieces made. */
    private static MergeEntries merges(Map<String, Integer> ids) {
      var merges = new ArrayList<Merge>();
      ids.forEach((piece, id) -> {
        for (int i = 1; i < piece.length(); i++) {
          Integer left = ids.get(piece.substring(0, i));
          Integer right = ids.get(piece.substring(i));
          if (left != null && right != null && !Character.isLowSurrogate(piece.charAt(i))) {
            merges.add(new Merge(piece.substring(0, i), piece.substring(i), left, right, id));
          }
        }
      });
      merges.sort(
          Comparator.comparingInt(Merge::id)
              .thenComparingInt(Merge::leftId)
              .thenComparingInt(Merge::rightId));
      merges.sort(Merge.ORDER);
      return MergeEntries.of(
          merges.stream().map(Merge::left).toList(), merges.stream().map(Merge::right).toList());
    }
  }
}

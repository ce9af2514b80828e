package io.github.modernbert.tokenizer.decoder;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.normalizer.Replace;
import io.github.modernbert.tokenizer.pretokenizer.Metaspace;
import java.util.List;

/** Turns tokens into pieces of text, which joined are the text. Immutable. */
@FunctionalInterface
public interface Decoder {
  /** The pieces of text; not always as many as there are tokens. */
  List<String> decode(List<String> tokens);

  /** Reads a decoder of {@code tokenizer.json}; old files name some only by their keys. */
  static Decoder read(Json json) {
    String type = Fields.type(json).orElseGet(() -> typeByKeys(json));
    return switch (type) {
      case "BPEDecoder" -> {
        String suffix = Fields.string(json.get("suffix"));
        yield tokens -> Affixes.endWords(tokens, suffix);
      }
      case "ByteFallback" -> ByteDecoders::fallBack;
      case "ByteLevel" -> {
        json.get("add_prefix_space").bool();
        json.get("trim_offsets").bool();
        json.member("use_regex").ifPresent(Json::bool);
        yield ByteDecoders::decode;
      }
      case "CTC" ->
          new Ctc(
              Fields.string(json.get("pad_token")),
              Fields.string(json.get("word_delimiter_token")),
              json.get("cleanup").bool());
      case "Fuse" -> tokens -> List.of(String.join("", tokens));
      case "Metaspace" -> {
        Metaspace metaspace = Metaspace.read(json);
        yield tokens -> Affixes.unmark(tokens, metaspace);
      }
      case "Replace" -> {
        Replace replace = Replace.read(json);
        yield tokens -> tokens.stream().map(replace::apply).toList();
      }
      case "Sequence" ->
          sequence(json.get("decoders").items().stream().map(Decoder::read).toList());
      case "Strip" -> {
        int content = Fields.codePoint(json.get("content"));
        int start = Fields.natural(json.get("start"));
        int stop = Fields.natural(json.get("stop"));
        yield tokens ->
            tokens.stream().map(token -> Affixes.strip(token, content, start, stop)).toList();
      }
      case "WordPiece" -> {
        String prefix = Fields.string(json.get("prefix"));
        boolean cleanup = json.get("cleanup").bool();
        yield tokens -> WordPieces.decode(tokens, prefix, cleanup);
      }
      default -> throw json.error("unknown decoder '" + type + "'");
    };
  }

  private static String typeByKeys(Json json) {
    if (json.has("suffix")) {
      return "BPEDecoder";
    } else if (json.has("prefix")) {
      return "WordPiece";
    } else if (json.has("pad_token")) {
      return "CTC";
    } else if (json.has("pattern")) {
      return "Replace";
    } else if (json.has("start")) {
      return "Strip";
    }
    throw json.error("key 'type' is missing");
  }

  private static Decoder sequence(List<Decoder> steps) {
    return tokens -> {
      List<String> decoded = tokens;
      for (Decoder step : steps) {
        decoded = step.decode(decoded);
      }
      return decoded;
    };
  }
}

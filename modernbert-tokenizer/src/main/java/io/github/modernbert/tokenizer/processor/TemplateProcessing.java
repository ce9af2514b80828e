package io.github.modernbert.tokenizer.processor;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Special tokens and type ids by a template for one text and one for pairs. */
final class TemplateProcessing implements PostProcessor {
  /** A place of a template. */
  private sealed interface Piece {
    /** The first or second text. */
    record Text(int number, int typeId) implements Piece {}

    /** Special tokens. */
    record Special(Segment segment) implements Piece {}

    /** A place on which the reference fails when it gets there. */
    record Unusable(Json json, String problem) implements Piece {}
  }

  private final Json json;
  private final List<Piece> single;
  private final List<Piece> pair;

  private TemplateProcessing(Json json, List<Piece> single, List<Piece> pair) {
    this.json = json;
    this.single = single;
    this.pair = pair;
  }

  static TemplateProcessing read(Json json) {
    var tokens = new HashMap<String, Json>();
    json.get("special_tokens")
        .members()
        .forEach((name, token) -> {
          Fields.string(token.get("id"));
          token.get("ids").items().forEach(Fields::natural);
          token.get("tokens").items().forEach(Fields::string);
          tokens.put(name, token);
        });
    List<Piece> single = pieces(json.get("single"), tokens, 1);
    List<Piece> pair = pieces(json.get("pair"), tokens, 2);
    // A broken template for pairs is no harm to those who encode single texts.
    single.forEach(TemplateProcessing::requireUsable);
    return new TemplateProcessing(json, single, pair);
  }

  private static List<Piece> pieces(Json template, Map<String, Json> tokens, int texts) {
    return template.items().stream().map(piece -> piece(piece, tokens, texts)).toList();
  }

  private static Piece piece(Json json, Map<String, Json> tokens, int texts) {
    Map<String, Json> members = json.members();
    if (members.size() == 1 && members.get("Sequence") instanceof Json sequence) {
      int typeId = Fields.natural(sequence.get("type_id"));
      int number = Fields.constant(sequence.get("id"), TextName.values()).ordinal();
      return number < texts
          ? new Piece.Text(number, typeId)
          : new Piece.Unusable(json, "there is no text B in the template for single texts");
    }
    if (members.size() == 1 && members.get("SpecialToken") instanceof Json special) {
      int typeId = Fields.natural(special.get("type_id"));
      String id = Fields.string(special.get("id"));
      Json token = tokens.get(id);
      return token == null
          ? new Piece.Unusable(json, "'" + id + "' is not among special_tokens")
          : new Piece.Special(segment(token, typeId));
    }
    throw json.mismatch("an object with one of the keys 'Sequence' and 'SpecialToken'");
  }

  private enum TextName {
    A,
    B
  }

  private static Segment segment(Json token, int typeId) {
    List<Json> ids = token.get("ids").items();
    List<Json> tokens = token.get("tokens").items();
    if (ids.size() != tokens.size()) {
      throw token.error("%d ids but %d tokens".formatted(ids.size(), tokens.size()));
    }
    return Segment.special(
        ids.stream().mapToInt(Fields::natural).toArray(),
        tokens.stream().map(Fields::string).toList(),
        typeId);
  }

  private static void requireUsable(Piece piece) {
    if (piece instanceof Piece.Unusable unusable) {
      throw unusable.json.error(unusable.problem);
    }
  }

  @Override
  public int addedTokens(boolean isPair) {
    return (isPair ? pair : single)
        .stream()
            .mapToInt(piece -> piece instanceof Piece.Special s ? s.segment.length() : 0)
            .sum();
  }

  @Override
  public List<Segment> process(List<Segment> segments, boolean addSpecialTokens) {
    if (segments.isEmpty() || segments.size() > 2) {
      throw json.error(
          "takes one or two texts, but the post-processor before it made %d parts of them"
              .formatted(segments.size()));
    }
    var processed = new ArrayList<Segment>();
    for (Piece piece : segments.size() == 2 ? pair : single) {
      switch (piece) {
        case Piece.Text text ->
            processed.add(
                segments.get(text.number).withTypeId(text.typeId).withSequence(text.number));
        case Piece.Special special -> {
          if (addSpecialTokens) {
            processed.add(special.segment);
          }
        }
        case Piece.Unusable unusable -> throw unusable.json.error(unusable.problem);
      }
    }
    return processed;
  }
}

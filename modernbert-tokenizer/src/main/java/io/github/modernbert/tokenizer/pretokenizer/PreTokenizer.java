package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.pattern.Pattern;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;
import java.util.List;

/** Cuts a text into the pieces that the model sees one by one. Immutable. */
@FunctionalInterface
public interface PreTokenizer {
  /** Cuts and changes the text. */
  void preTokenize(PreTokenizedString text);

  /** Reads a pre-tokenizer of {@code tokenizer.json}. */
  static PreTokenizer read(Json json) {
    String type = Fields.type(json).orElseThrow(() -> json.error("key 'type' is missing"));
    return switch (type) {
      case "BertPreTokenizer" ->
          sequence(
              List.of(
                  split(Pattern.of(UnicodeClass::isWhitespace), SplitDelimiterBehavior.Removed),
                  split(Pattern.of(UnicodeClass::isPunctuation), SplitDelimiterBehavior.Isolated)));
      case "ByteLevel" -> ByteLevel.read(json);
      case "CharDelimiterSplit" -> {
        int delimiter = Fields.codePoint(json.get("delimiter"));
        yield split(Pattern.of(c -> c == delimiter), SplitDelimiterBehavior.Removed);
      }
      case "Digits" ->
          split(
              Pattern.of(UnicodeClass::isNumeric),
              json.get("individual_digits").bool()
                  ? SplitDelimiterBehavior.Isolated
                  : SplitDelimiterBehavior.Contiguous);
      case "FixedLength" -> FixedLength.read(json);
      case "Metaspace" -> Metaspace.read(json);
      case "Punctuation" ->
          split(
              Pattern.of(UnicodeClass::isPunctuation),
              json.member("behavior")
                  .map(PreTokenizer::behavior)
                  .orElse(SplitDelimiterBehavior.Isolated));
      case "Sequence" ->
          sequence(json.get("pretokenizers").items().stream().map(PreTokenizer::read).toList());
      case "Split" -> {
        Pattern pattern = Pattern.read(json.get("pattern"));
        SplitDelimiterBehavior behavior = behavior(json.get("behavior"));
        yield split(json.get("invert").bool() ? pattern.inverted() : pattern, behavior);
      }
      case "UnicodeScripts" -> text -> text.cut(Runs::scripts);
      case "Whitespace" -> text -> text.cut(Runs::words);
      case "WhitespaceSplit" ->
          split(Pattern.of(UnicodeClass::isWhitespace), SplitDelimiterBehavior.Removed);
      default -> throw json.error("unknown pre-tokenizer '" + type + "'");
    };
  }

  private static SplitDelimiterBehavior behavior(Json json) {
    return Fields.constant(json, SplitDelimiterBehavior.values());
  }

  private static PreTokenizer split(Pattern pattern, SplitDelimiterBehavior behavior) {
    return pretokenized ->
        pretokenized.cut((text, from, to, bounds) -> {
          var joiner = new SplitDelimiterBehavior.Joiner(behavior, bounds);
          pattern.find(text, from, to, joiner);
          joiner.finish();
        });
  }

  private static PreTokenizer sequence(List<PreTokenizer> steps) {
    return text -> steps.forEach(step -> step.preTokenize(text));
  }
}

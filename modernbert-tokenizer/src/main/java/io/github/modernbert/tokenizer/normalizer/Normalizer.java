package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.text.ByteAlphabet;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.unicode.NormalizationForm;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes a text before it is cut. Immutable. */
@FunctionalInterface
public interface Normalizer {
  /** The changed text. */
  NormalizedString normalize(NormalizedString text);

  /** Reads a normalizer of {@code tokenizer.json}; old files name some only by their keys. */
  static Normalizer read(Json json) {
    String type = Fields.type(json).orElseGet(() -> typeByKeys(json));
    return switch (type) {
      case "Bert", "BertNormalizer" -> BertNormalizer.read(json);
      case "ByteLevel" -> ByteAlphabet::apply;
      case "Lowercase" -> Characters::lowercase;
      case "NFC", "NFD", "NFKC", "NFKD" -> {
        NormalizationForm form = NormalizationForm.valueOf(type);
        yield text -> Characters.normalize(text, form);
      }
      case "Nmt" -> Nmt::normalize;
      case "Precompiled" -> Precompiled.read(json);
      case "Prepend" -> {
        String prefix = Fields.string(json.get("prepend"));
        yield text -> text.prepend(prefix);
      }
      case "Replace" -> Replace.read(json);
      case "Sequence" ->
          sequence(json.get("normalizers").items().stream().map(Normalizer::read).toList());
      case "Strip" -> new Strip(json.get("strip_left").bool(), json.get("strip_right").bool());
      case "StripAccents" -> text -> Characters.filter(text, c -> !UnicodeClass.isCombiningMark(c));
      default -> throw json.error("unknown normalizer '" + type + "'");
    };
  }

  /** Whether this description is of Lowercase, or of a sequence that holds it. */
  static boolean lowercases(Json json) {
    return switch (Fields.type(json).orElseGet(() -> typeByKeys(json))) {
      case "Lowercase" -> true;
      case "Sequence" -> json.get("normalizers").items().stream().anyMatch(Normalizer::lowercases);
      default -> false;
    };
  }

  /** Lower case, then another normalizer if there is one. */
  static Normalizer lowercaseBefore(@Nullable Normalizer other) {
    Normalizer lowercase = Characters::lowercase;
    return other == null ? lowercase : sequence(List.of(lowercase, other));
  }

  private static String typeByKeys(Json json) {
    if (json.has("clean_text")) {
      return "BertNormalizer";
    } else if (json.has("strip_left")) {
      return "Strip";
    } else if (json.has("normalizers")) {
      return "Sequence";
    } else if (json.has("pattern")) {
      return "Replace";
    } else if (json.has("prepend")) {
      return "Prepend";
    } else if (json.has("precompiled_charsmap")) {
      return "Precompiled";
    }
    throw json.error("key 'type' is missing");
  }

  private static Normalizer sequence(List<Normalizer> steps) {
    return text -> {
      NormalizedString changed = text;
      for (Normalizer step : steps) {
        changed = step.normalize(changed);
      }
      return changed;
    };
  }
}

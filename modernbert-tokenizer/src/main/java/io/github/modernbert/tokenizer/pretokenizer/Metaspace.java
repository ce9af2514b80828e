package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.pattern.Pattern;
import io.github.modernbert.tokenizer.text.IntList;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Replacement;

/**
 * The pre-tokenizer of SentencePiece: spaces become a visible character, with which words start.
 */
public record Metaspace(int replacement, Scheme prependScheme, boolean split)
    implements PreTokenizer {
  /** Which pieces get a replacement character in front if they have none. */
  public enum Scheme {
    /** Only one at the start of the text. */
    first,
    /** None. */
    never,
    /** Each one. */
    always
  }

  /** Reads the component, which is a pre-tokenizer and a decoder. */
  public static Metaspace read(Json json) {
    int replacement = Fields.codePoint(json.get("replacement"));
    Scheme scheme =
        json.member("prepend_scheme")
            .map(value -> Fields.constant(value, Scheme.values()))
            .orElse(Scheme.always);
    if (!Fields.flag(json, "add_prefix_space", true) && scheme != Scheme.never) {
      throw json.error("add_prefix_space is false, so prepend_scheme must be 'never'");
    }
    return new Metaspace(replacement, scheme, Fields.flag(json, "split", true));
  }

  @Override
  public void preTokenize(PreTokenizedString text) {
    text.change(this::mark);
    if (split) {
      text.cut(this::cut);
    }
  }

  private NormalizedString mark(NormalizedString source) {
    String mark = Character.toString(replacement);
    var spaces = new Replacement(source);
    String text = source.text();
    for (int at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
      spaces.replace(at, at + 1, mark);
    }
    NormalizedString marked = spaces.result();
    boolean prepends =
        switch (prependScheme) {
          case always -> true;
          case first -> marked.originalStart() == 0;
          case never -> false;
        };
    return prepends && !marked.text().startsWith(mark) ? marked.prepend(mark) : marked;
  }

  private void cut(String text, int from, int to, IntList bounds) {
    var joiner = new SplitDelimiterBehavior.Joiner(SplitDelimiterBehavior.MergedWithNext, bounds);
    Pattern.of(codePoint -> codePoint == replacement).find(text, from, to, joiner);
    joiner.finish();
  }
}

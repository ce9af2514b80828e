package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.files.Json;

/** GPT-2's pre-tokenizer: words by a fixed pattern, then bytes. */
record ByteLevel(boolean addPrefixSpace, boolean useRegex) implements PreTokenizer {
  static ByteLevel read(Json json) {
    boolean addPrefixSpace = json.get("add_prefix_space").bool();
    json.get("trim_offsets").bool();
    boolean useRegex = json.member("use_regex").map(Json::bool).orElse(true);
    return new ByteLevel(addPrefixSpace, useRegex);
  }

  @Override
  public void preTokenize(PreTokenizedString text) {
    if (addPrefixSpace) {
      text.change(piece -> piece.text().startsWith(" ") ? piece : piece.prepend(" "));
    }
    if (useRegex) {
      text.cut(Gpt2Words::cut);
    }
    text.toBytes();
  }
}

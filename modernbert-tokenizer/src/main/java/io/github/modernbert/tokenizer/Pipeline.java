package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.decoder.Decoder;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import io.github.modernbert.tokenizer.model.Model;
import io.github.modernbert.tokenizer.normalizer.Normalizer;
import io.github.modernbert.tokenizer.pretokenizer.PreTokenizer;
import io.github.modernbert.tokenizer.processor.PostProcessor;
import org.jspecify.annotations.Nullable;

/**
 * The components of a tokenizer in the order in which a text passes them, and the decoder.
 *
 * @param lowercases whether the normalizer puts text in lower case
 */
record Pipeline(
    @Nullable Normalizer normalizer,
    boolean lowercases,
    @Nullable PreTokenizer preTokenizer,
    Model model,
    PostProcessor postProcessor,
    @Nullable Decoder decoder) {
  static Pipeline read(TokenizerJson document) {
    Json json = document.settings();
    return new Pipeline(
        json.find("normalizer").map(Normalizer::read).orElse(null),
        json.find("normalizer").map(Normalizer::lowercases).orElse(false),
        json.find("pre_tokenizer").map(PreTokenizer::read).orElse(null),
        Model.read(document),
        json.find("post_processor").map(PostProcessor::read).orElse(PostProcessor.NONE),
        json.find("decoder").map(Decoder::read).orElse(null));
  }

  /** The same with text put in lower case before its normalizer. */
  Pipeline lowercasing() {
    Normalizer lowercase = Normalizer.lowercaseBefore(normalizer);
    return new Pipeline(lowercase, true, preTokenizer, model, postProcessor, decoder);
  }

  /** The same with another post-processor. */
  Pipeline with(PostProcessor changed) {
    return new Pipeline(normalizer, lowercases, preTokenizer, model, changed, decoder);
  }
}

import org.jspecify.annotations.NullMarked;

/**
 * {@code tokenizer.json} in pure Java: normalizers, pre-tokenizers, models, post-processors,
 * decoders.
 */
@NullMarked
module io.github.modernbert.tokenizer {
  requires static org.jspecify;
  requires transitive io.github.modernbert.files;
  requires com.google.gson;

  exports io.github.modernbert.tokenizer;
}

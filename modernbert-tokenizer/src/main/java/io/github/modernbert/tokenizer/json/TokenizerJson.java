package io.github.modernbert.tokenizer.json;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The document of a {@code tokenizer.json}. Vocabulary and merges, which are nearly all of it, are
 * read into lists while the file streams by; a tree of them would take ten times their memory.
 *
 * @param settings the whole document without those lists; where a key of that name holds something
 *     else it is still here
 * @param vocabulary what {@code model.vocab} holds, if that is an object or an array
 * @param merges what {@code model.merges} holds, if that is an array
 */
public record TokenizerJson(
    Json settings, Optional<VocabularyEntries> vocabulary, Optional<MergeEntries> merges) {
  /**
   * Reads a file.
   *
   * @throws ModelFileException if it is missing, no regular file, or no strict JSON, or if an entry
   *     of the vocabulary or the merges is none
   */
  public static TokenizerJson read(Path file) {
    try (Reader text = RegularFiles.openText(file)) {
      return new TokenizerJsonReader(file.toString(), text).read();
    } catch (IOException e) {
      throw RegularFiles.unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw new ModelFileException(file, "does not fit into the memory of this JVM (-Xmx)", e);
    }
  }

  /**
   * Parses text.
   *
   * @param name the name that errors shall give the text
   * @throws ModelFileException as {@link #read} does
   */
  public static TokenizerJson parse(String name, String text) {
    try {
      return new TokenizerJsonReader(name, new StringReader(text)).read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

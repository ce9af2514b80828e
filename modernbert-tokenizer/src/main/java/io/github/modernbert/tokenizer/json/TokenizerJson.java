package io.github.modernbert.tokenizer.json;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.tokenizer.text.Utf8;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
    try (FileChannel channel = RegularFiles.openChannel(file)) {
      InputStream text = Channels.newInputStream(channel);
      return new TokenizerJsonReader(file.toString(), text, channel.size()).read();
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
    if (Utf8.loneSurrogate(text, 0) >= 0) {
      throw new ModelFileException(name, "holds half of a surrogate pair");
    }
    try {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      return new TokenizerJsonReader(name, new ByteArrayInputStream(utf8), utf8.length).read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.github.modernbert.examples.lucene;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Writes an index: each passage is a document with its words and its vector. The commit data of the
 * index hold a description of the model and the digest of each file, so that a later run embeds
 * only files that are new or changed.
 */
final class PassageIndex {
  static final String FILE = "file";
  static final String NUMBER = "number";
  static final String TEXT = "text";
  static final String VECTOR = "vector";

  /** The key of the model's description in the commit data. */
  static final String MODEL = "modernbert.model";

  /** Begins the keys of digests in the commit data; the file's name follows. */
  private static final String DIGEST = "modernbert.sha256 ";

  /** Passages that are embedded in one call: enough to fill batches, few enough for any memory. */
  private static final int GROUP = 256;

  private final TextFolder folder;
  private final PromptedEmbedder vectors;
  private final IndexWriter writer;
  private final Consumer<String> log;
  private final List<Passage> waiting = new ArrayList<>();

  private PassageIndex(
      TextFolder folder, PromptedEmbedder vectors, IndexWriter writer, Consumer<String> log) {
    this.folder = folder;
    this.vectors = vectors;
    this.writer = writer;
    this.log = log;
  }

  /**
   * The outcome of a run.
   *
   * @param passages the number of passages in the index
   * @param files the number of files in the index
   * @param unchanged how many of the files were there before with the same bytes
   */
  record Outcome(int passages, int files, int unchanged) {}

  /**
   * Brings an index up to date with a folder. If that fails, the index stays as it was.
   *
   * @param log receives a line for each file that is skipped, and for the progress
   */
  static Outcome write(
      Path index, TextFolder folder, PromptedEmbedder vectors, Consumer<String> log)
      throws IOException {
    List<Path> files = folder.files();
    try (var directory = FSDirectory.open(index)) {
      Map<String, String> known = digests(directory, vectors);
      // Without the commit at the end the index stays what it was.
      var config =
          new IndexWriterConfig(new EnglishAnalyzer())
              .setOpenMode(
                  known.isEmpty()
                      ? IndexWriterConfig.OpenMode.CREATE
                      : IndexWriterConfig.OpenMode.APPEND)
              .setCommitOnClose(false);
      try (var writer = new IndexWriter(directory, config)) {
        return new PassageIndex(folder, vectors, writer, log).update(files, known);
      }
    }
  }

  /** The digests of the files in an index; none if there is no index of the same model. */
  private static Map<String, String> digests(Directory directory, PromptedEmbedder vectors)
      throws IOException {
    var digests = new HashMap<String, String>();
    if (DirectoryReader.indexExists(directory)) {
      try (var reader = DirectoryReader.open(directory)) {
        Map<String, String> data = reader.getIndexCommit().getUserData();
        if (vectors.fingerprint().equals(data.get(MODEL))) {
          data.forEach((key, value) -> {
            if (key.startsWith(DIGEST)) {
              digests.put(key.substring(DIGEST.length()), value);
            }
          });
        }
      }
    }
    return digests;
  }

  private Outcome update(List<Path> files, Map<String, String> known) throws IOException {
    var data = new TreeMap<String, String>();
    data.put(MODEL, vectors.fingerprint());
    var gone = new HashMap<>(known);
    int unchanged = 0;
    int seen = 0;
    for (Path file : files) {
      String name = folder.name(file);
      String digest = folder.digest(file);
      seen++;
      if (digest.equals(known.get(name))) {
        unchanged++;
      } else {
        List<Passage> passages;
        try {
          passages = folder.passages(file);
        } catch (CharacterCodingException e) {
          log.accept("skipped " + file + ", which is not text in UTF-8");
          continue;
        }
        writer.deleteDocuments(new Term(FILE, name));
        waiting.addAll(passages);
        if (waiting.size() >= GROUP) {
          flush();
          log.accept("%d of %d files".formatted(seen, files.size()));
        }
      }
      gone.remove(name);
      data.put(DIGEST + name, digest);
    }
    flush();
    for (String name : gone.keySet()) {
      writer.deleteDocuments(new Term(FILE, name));
    }
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
    return new Outcome(writer.getDocStats().numDocs, data.size() - 1, unchanged);
  }

  /** Embeds and adds the passages that wait. */
  private void flush() throws IOException {
    List<float[]> all = vectors.ofPassages(waiting);
    for (int i = 0; i < all.size(); i++) {
      writer.addDocument(document(waiting.get(i), all.get(i)));
    }
    waiting.clear();
  }

  private static Document document(Passage passage, float[] vector) {
    var document = new Document();
    document.add(new StringField(FILE, passage.file(), Field.Store.YES));
    document.add(new StoredField(NUMBER, passage.number()));
    document.add(new TextField(TEXT, passage.text(), Field.Store.YES));
    // The vectors have length 1, so their product is the cosine.
    document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
    return document;
  }
}

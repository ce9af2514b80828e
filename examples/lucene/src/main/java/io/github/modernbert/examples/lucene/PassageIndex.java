package io.github.modernbert.examples.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.FSDirectory;

/** Writes an index: each passage is a document with its words and its vector. */
final class PassageIndex {
  static final String FILE = "file";
  static final String NUMBER = "number";
  static final String TEXT = "text";
  static final String VECTOR = "vector";

  /** Under this key the index remembers the model. */
  static final String MODEL = "modernbert.model";

  /** Passages that are embedded in one call: enough to fill batches, few enough for any memory. */
  private static final int GROUP = 256;

  private PassageIndex() {}

  /**
   * Indexes a folder anew; if that fails, an index that was there stays.
   *
   * @return how many passages there are
   */
  static int write(Path index, TextFolder folder, PromptedEmbedder vectors) throws IOException {
    List<Path> files = folder.files();
    // Without the commit at the end the index stays what it was.
    var config =
        new IndexWriterConfig(new EnglishAnalyzer())
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setCommitOnClose(false);
    int count = 0;
    try (var directory = FSDirectory.open(index);
        var writer = new IndexWriter(directory, config)) {
      var group = new ArrayList<Passage>();
      for (Path file : files) {
        group.addAll(folder.passages(file));
        if (group.size() >= GROUP) {
          count += add(writer, group, vectors);
          group.clear();
        }
      }
      count += add(writer, group, vectors);
      writer.setLiveCommitData(Map.of(MODEL, vectors.fingerprint()).entrySet());
      writer.commit();
    }
    return count;
  }

  private static int add(IndexWriter writer, List<Passage> passages, PromptedEmbedder vectors)
      throws IOException {
    List<float[]> all = vectors.ofPassages(passages);
    for (int i = 0; i < all.size(); i++) {
      writer.addDocument(document(passages.get(i), all.get(i)));
    }
    return all.size();
  }

  private static Document document(Passage passage, float[] vector) {
    var document = new Document();
    document.add(new StoredField(FILE, passage.file()));
    document.add(new StoredField(NUMBER, passage.number()));
    document.add(new TextField(TEXT, passage.text(), Field.Store.YES));
    // The vectors have length 1, so their product is the cosine.
    document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
    return document;
  }
}

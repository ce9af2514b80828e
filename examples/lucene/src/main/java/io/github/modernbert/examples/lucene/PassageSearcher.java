package io.github.modernbert.examples.lucene;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

/** Searches an index that {@link PassageIndex} has written. */
final class PassageSearcher implements Closeable {
  /**
   * How many times the wanted passages each kind of search puts into the fusion. With many,
   * passages that both find far down push away what one of them finds first.
   */
  private static final int FUSED = 2;

  /** The usual constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009). */
  private static final int RANK_CONSTANT = 60;

  private final FSDirectory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final Optional<PromptedEmbedder> vectors;

  private PassageSearcher(
      FSDirectory directory, DirectoryReader reader, Optional<PromptedEmbedder> vectors) {
    this.directory = directory;
    this.reader = reader;
    this.searcher = new IndexSearcher(reader);
    this.vectors = vectors;
  }

  /**
   * Opens an index.
   *
   * @param vectors those of the model that the index was made with; not needed for searches by
   *     words
   * @throws IllegalArgumentException if it was made with another model
   */
  static PassageSearcher open(Path index, Optional<PromptedEmbedder> vectors) throws IOException {
    // Lucene would make the folder.
    var missing =
        new NoSuchFileException(index.toString(), null, "there is no index; make one first");
    if (!Files.isDirectory(index)) {
      throw missing;
    }
    var directory = FSDirectory.open(index);
    if (!DirectoryReader.indexExists(directory)) {
      directory.close();
      throw missing;
    }
    DirectoryReader reader = DirectoryReader.open(directory);
    var opened = new PassageSearcher(directory, reader, vectors);
    String made = reader.getIndexCommit().getUserData().get(PassageIndex.MODEL);
    if (vectors.isPresent() && !vectors.get().fingerprint().equals(made)) {
      opened.close();
      throw new IllegalArgumentException(
          "the index %s was made with another model (%s) than that of the query (%s)"
              .formatted(index, made, vectors.get().fingerprint()));
    }
    return opened;
  }

  /** The best passages, best first. */
  List<Hit> search(String query, SearchMode mode, int count) throws IOException {
    TopDocs found =
        switch (mode) {
          case bm25 -> byWords(query, count);
          case vector -> byVector(query, count);
          case hybrid -> {
            int each = FUSED * count;
            yield TopDocs.rrf(
                count, RANK_CONSTANT, new TopDocs[] {byWords(query, each), byVector(query, each)});
          }
        };
    var hits = new ArrayList<Hit>();
    for (ScoreDoc each : found.scoreDocs) {
      Document document = searcher.storedFields().document(each.doc);
      var passage =
          new Passage(
              document.get(PassageIndex.FILE),
              Integer.parseInt(document.get(PassageIndex.NUMBER)),
              document.get(PassageIndex.TEXT));
      hits.add(new Hit(passage, each.score));
    }
    return hits;
  }

  private TopDocs byWords(String query, int count) throws IOException {
    Query words =
        new QueryBuilder(new EnglishAnalyzer()).createBooleanQuery(PassageIndex.TEXT, query);
    // There is no query where stop words are all there is.
    return searcher.search(words == null ? new MatchNoDocsQuery("stop words alone") : words, count);
  }

  private TopDocs byVector(String query, int count) throws IOException {
    return searcher.search(
        new KnnFloatVectorQuery(PassageIndex.VECTOR, vectors.orElseThrow().ofQuery(query), count),
        count);
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}

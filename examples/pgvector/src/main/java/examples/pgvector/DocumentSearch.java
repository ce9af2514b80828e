package examples.pgvector;

import io.github.modernbert.Chunker;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.springai.ModernBertTextSplitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.ai.document.Document;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.ai.vectorstore.filter.FilterExpressionBuilder;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Keeps the texts of a folder and their vectors in PostgreSQL, and searches there. */
@SpringBootApplication
public class DocumentSearch {
  private static final int MAX_TOKENS = 64;

  public static void main(String[] arguments) {
    SpringApplication.run(DocumentSearch.class, arguments).close();
  }

  /** Spring AI's store for pgvector; both models are those that modernbert-spring-ai configures. */
  @Bean
  CommandLineRunner command(VectorStore store, TextEmbedder embedder) {
    var splitter = new ModernBertTextSplitter(Chunker.of(embedder.tokenizer(), MAX_TOKENS));
    return arguments -> {
      if (arguments.length == 2 && arguments[0].equals("index")) {
        index(Path.of(arguments[1]), splitter, store);
      } else if (arguments.length == 2 && arguments[0].equals("search")) {
        search(arguments[1], store);
      } else {
        System.err.println("usage: index FOLDER | search QUERY");
      }
    };
  }

  private static void index(Path folder, ModernBertTextSplitter splitter, VectorStore store)
      throws IOException {
    var documents = new ArrayList<Document>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
        String name = file.getFileName().toString();
        documents.add(new Document(Files.readString(file), Map.of("file", name)));
        // What an earlier run has made of the file.
        store.delete(new FilterExpressionBuilder().eq("file", name).build());
      }
    }
    List<Document> parts = splitter.apply(documents);
    store.add(parts); // embedded in batches
    System.out.printf("%d files, %d parts%n", documents.size(), parts.size());
  }

  private static void search(String query, VectorStore store) {
    for (Document found :
        store.similaritySearch(SearchRequest.builder().query(query).topK(3).build())) {
      String text = found.getText().strip().replaceAll("\\s+", " ");
      System.out.printf(
          Locale.ROOT,
          "%.3f %s: %s%n",
          found.getScore(),
          found.getMetadata().get("file"),
          text.length() > 80 ? text.substring(0, 80) + "…" : text);
    }
  }
}

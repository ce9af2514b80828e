package examples.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Embeds the paragraphs of all {@code .txt} files of a folder when the application starts. */
@Configuration
class Passages {
  /** The {@code EmbeddingModel} is the one that modernbert-spring-ai configures. */
  @Bean
  VectorStore store(EmbeddingModel model, @Value("${search.folder}") Path folder)
      throws IOException {
    var store = SimpleVectorStore.builder(model).build();
    // This store embeds one document after the other; other stores take the whole list.
    read(folder).parallelStream().forEach(document -> store.add(List.of(document)));
    return store;
  }

  private static List<Document> read(Path folder) throws IOException {
    var documents = new ArrayList<Document>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
        for (String paragraph : Files.readString(file).split("\n\\s*\n")) {
          documents.add(
              new Document(paragraph.strip(), Map.of("file", file.getFileName().toString())));
        }
      }
    }
    return documents;
  }
}

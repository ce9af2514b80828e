package examples.search;

import java.util.List;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Searches the paragraphs of a folder of text: {@code GET /search?query=…&top=3}. */
@SpringBootApplication
@RestController
public class SearchService {
  private final VectorStore store;

  SearchService(VectorStore store) {
    this.store = store;
  }

  /** A paragraph that was found, and how similar it is to the query. */
  public record Hit(double score, String file, String text) {}

  public static void main(String[] arguments) {
    SpringApplication.run(SearchService.class, arguments);
  }

  /** The best paragraphs, the most similar one first. */
  @GetMapping("/search")
  public List<Hit> search(@RequestParam String query, @RequestParam(defaultValue = "3") int top) {
    return store.similaritySearch(SearchRequest.builder().query(query).topK(top).build()).stream()
        .map(found ->
            new Hit(found.getScore(), (String) found.getMetadata().get("file"), found.getText()))
        .toList();
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of the token-level tasks: compiled, and run on golden models. */
final class TokenSnippetsTest {
  private static Path model(String name) {
    return Golden.project().resolve("src-test-data/golden-extra").resolve(name);
  }

  @Test
  void fillMask() {
    Path folder = model("fill-mask/tied");
    // @start region="fill-mask"
    try (var model = FillMask.load(folder)) {
      for (TokenPrediction found : model.fill("Bread is [MASK] here.").getFirst().predictions()) {
        System.out.println(found.score() + found.token() + ": " + found.sequence());
      }
      System.out.println(model.pseudoLikelihood("Bread is sold here.").perplexity());
    }
    // @end
  }

  @Test
  void fillMaskOptions() {
    try (var model = FillMask.load(model("fill-mask/tied"))) {
      // @start region="fill-mask-options"
      FillMaskOptions options =
          FillMaskOptions.defaults().topK(2).targets(List.of(" good", " bad"));
      List<FilledMask> masks = model.fill("The bread was [MASK].", options);
      // @end
      assertEquals(2, masks.getFirst().predictions().size());
    }
  }

  @Test
  void sparse() {
    Path folder = model("sparse/max-legacy");
    // @start region="sparse"
    try (var encoder = SparseEncoder.load(folder)) {
      SparseEmbedding query = encoder.encode("Where is the bakery?");
      SparseEmbedding text = encoder.encode("Bread is sold around the corner.");
      for (TokenWeight token : text.weights().subList(0, 5)) { // the largest
        System.out.println(token.token() + " " + token.weight());
      }
      System.out.println(Similarity.dot(query, text));
    }
    // @end
  }

  @Test
  void sparseOptions() {
    try (var encoder = SparseEncoder.load(model("sparse/sum-log1p"))) {
      // @start region="sparse-options"
      SparseOptions options = SparseOptions.defaults().prompt("query").maxActiveDims(8);
      SparseEmbedding query = encoder.encode("Where is the bakery?", options);
      // @end
      assertEquals(8, query.size());
    }
  }

  @Test
  void colBert() {
    Path folder = model("multi-vector/pylate");
    // @start region="colbert"
    try (var model = ColBert.load(folder)) {
      TokenEmbeddings query = model.encodeQuery("Where is the bakery?");
      TokenEmbeddings document = model.encodeDocument("Bread is sold around the corner.");
      System.out.println(model.similarity(query, document)); // MaxSim
      for (Similarity.Hit hit : model.rank("bakery", List.of("Bread is sold.", "It rained."), 2)) {
        System.out.println(hit.index() + " " + hit.score());
      }
    }
    // @end
  }

  @Test
  void insideTheModel() {
    Path folder = Golden.folders("checkpoints/plain", "config.json").getFirst();
    try (var model = ModernBertModel.load(folder)) {
      int[] ids = {1, 17, 4, 2};
      // @start region="inside-the-model"
      HiddenStates states = model.hiddenStates(ids);
      float[][] afterThree = states.after(3);
      AttentionMaps attention = model.attentions(ids, Set.of(0, 5));
      float[] firstToken = attention.map(5, 2)[0]; // layer 5, head 2: what it takes from each token
      // @end
      assertEquals(4, afterThree.length);
      assertEquals(4, firstToken.length);
    }
  }
}

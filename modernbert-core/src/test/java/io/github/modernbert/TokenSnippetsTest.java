package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of the token-level tasks: compiled, and run on golden models. */
final class TokenSnippetsTest {
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

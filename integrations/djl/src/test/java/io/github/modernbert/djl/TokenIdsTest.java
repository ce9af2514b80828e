package io.github.modernbert.djl;

import static io.github.modernbert.djl.Folders.criteria;
import static io.github.modernbert.djl.Folders.extra;
import static io.github.modernbert.djl.Folders.mini;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import io.github.modernbert.ModernBertModel;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Token ids in, last hidden states out. */
final class TokenIdsTest {
  private static final int[] LONG = {1, 17, 40, 5, 2};
  private static final int[] SHORT = {1, 30, 2};

  private static ModernBertModel direct;
  private static ZooModel<NDList, NDList> model;
  private static Predictor<NDList, NDList> predictor;
  private static NDManager manager;

  @BeforeAll
  static void load() throws Exception {
    direct = ModernBertModel.load(mini());
    model = criteria(mini(), NDList.class, NDList.class).build().loadModel();
    predictor = model.newPredictor();
    manager = model.getNDManager().newSubManager();
  }

  @AfterAll
  static void close() {
    predictor.close();
    model.close();
    direct.close();
  }

  @Test
  void paddedBatch() throws Exception {
    long[][] ids = {{1, 17, 40, 5, 2}, {1, 30, 2, 9, 9}, {9, 1, 30, 2, 9}};
    long[][] mask = {{1, 1, 1, 1, 1}, {1, 1, 1, 0, 0}, {0, 1, 1, 1, 0}};
    NDList output = predictor.predict(new NDList(manager.create(ids), manager.create(mask)));
    NDArray states = output.get("last_hidden_state");
    int hidden = direct.config().hiddenSize();
    assertEquals(new Shape(3, 5, hidden), states.getShape());
    assertEquals(DataType.FLOAT32, states.getDataType());
    var expected = new float[3 * 5 * hidden];
    put(expected, 0, direct.lastHiddenState(LONG));
    put(expected, 5, direct.lastHiddenState(SHORT));
    put(expected, 11, direct.lastHiddenState(SHORT));
    assertArrayEquals(expected, states.toFloatArray());
  }

  private static void put(float[] all, int row, float[][] states) {
    for (float[] state : states) {
      System.arraycopy(state, 0, all, row++ * state.length, state.length);
    }
  }

  @Test
  void withoutMaskAndOfInts() throws Exception {
    NDArray ids = manager.create(SHORT, new Shape(1, 3));
    float[] expected = new float[3 * direct.config().hiddenSize()];
    put(expected, 0, direct.lastHiddenState(SHORT));
    NDList output = predictor.predict(new NDList(ids));
    assertArrayEquals(expected, output.singletonOrThrow().toFloatArray());
  }

  @Test
  void byName() throws Exception {
    NDArray ids = manager.create(SHORT, new Shape(1, 3));
    NDArray mask = manager.create(new int[] {1, 1, 1}, new Shape(1, 3));
    ids.setName("input_ids");
    mask.setName("attention_mask");
    NDList output = predictor.predict(new NDList(mask, ids));
    assertEquals(new Shape(1, 3, direct.config().hiddenSize()), output.head().getShape());
  }

  @Test
  void outputsLiveAsLongAsInputs() throws Exception {
    NDList output;
    try (NDManager scope = model.getNDManager().newSubManager()) {
      output = predictor.predict(new NDList(scope.create(SHORT, new Shape(1, 3))));
      assertTrue(output.head().toFloatArray().length > 0);
    }
    assertThrows(IllegalStateException.class, () -> output.head().toFloatArray());
  }

  @Test
  void describesItself() {
    assertEquals(List.of("input_ids", "attention_mask"), model.describeInput().keys());
    assertEquals(List.of(new Shape(-1, -1), new Shape(-1, -1)), model.describeInput().values());
    assertEquals(
        new Shape(-1, -1, direct.config().hiddenSize()),
        model.describeOutput().get("last_hidden_state"));
    assertEquals(2, model.getBlock().getInputShapes().length);
    assertArrayEquals(new DataType[] {DataType.FLOAT32}, model.getBlock().getOutputDataTypes());
    assertTrue(model.getBlock().toString().contains("modernbert-mini"));
  }

  @Test
  void saysWhatIsWrongWithInputs() {
    NDArray ids = manager.create(new long[][] {{1, 30, 2}});
    assertMistake("found 3 arrays", new NDList(ids, ids, ids));
    assertMistake("one shape", new NDList(ids, manager.create(new long[][] {{1, 1}})));
    assertMistake("row 0", new NDList(ids, manager.create(new long[][] {{1, 0, 1}})));
    assertMistake("row 0", new NDList(ids, manager.create(new long[][] {{0, 0, 0}})));
    assertMistake("row 0", new NDList(ids, manager.create(new long[][] {{1, 2, 0}})));
    assertMistake("batch x tokens", new NDList(manager.create(new long[] {1, 30, 2})));
    assertMistake("INT64 or INT32", new NDList(manager.create(new float[][] {{1, 30, 2}})));
    NDArray named = manager.create(new long[][] {{1, 30, 2}});
    named.setName("ids");
    assertMistake("named input_ids", new NDList(named));
    assertMistake("1000000", new NDList(manager.create(new long[][] {{1000000}})));
    assertMistake("4294967297", new NDList(manager.create(new long[][] {{4294967297L}})));
  }

  private static void assertMistake(String part, NDList input) {
    Failures.assertMistake(part, () -> predictor.predict(input));
  }

  @Test
  void headsAreNotGuessed() throws Exception {
    try (var classifier =
            criteria(extra("tasks/text-single"), NDList.class, NDList.class).build().loadModel();
        var predictions = classifier.newPredictor()) {
      NDList ids = new NDList(manager.create(SHORT, new Shape(1, 3)));
      Failures.assertCause(
          UnsupportedOperationException.class,
          "text-classification",
          () -> predictions.predict(ids));
      assertEquals(0, classifier.describeInput().size());
      assertEquals(0, classifier.describeOutput().size());
    }
  }

  @Test
  void blockDoesNotTrainNorGiveOutParameters() {
    var block = model.getBlock();
    var parameters = new ParameterStore(manager, false);
    NDList ids = new NDList(manager.create(SHORT, new Shape(1, 3)));
    assertTrue(block.isInitialized());
    for (Runnable call :
        List.<Runnable>of(
            () -> block.forward(parameters, ids, true),
            () -> block.forward(parameters, ids, ids, null),
            block::getParameters,
            block::getDirectParameters,
            block::clear,
            () -> block.freezeParameters(true),
            () -> block.cast(DataType.FLOAT16),
            () -> block.initialize(manager, DataType.FLOAT32, new Shape(1, 3)),
            () -> block.getOutputShapes(new Shape[] {new Shape(1, 3)}))) {
      assertThrows(UnsupportedOperationException.class, call::run);
    }
    assertThrows(UnsupportedOperationException.class, () -> block.saveParameters(null));
    assertThrows(UnsupportedOperationException.class, () -> block.loadParameters(manager, null));
  }
}

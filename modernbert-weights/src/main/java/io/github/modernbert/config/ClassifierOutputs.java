package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Reads names and meaning of a classifier's outputs from a {@code config.json}. As in the
 * reference: {@code num_labels}, if it differs from the size of {@code id2label}, replaces it by
 * LABEL_0, LABEL_1 ...; with neither there are two.
 */
final class ClassifierOutputs {
  private static final int DEFAULT_LABELS = 2;
  private static final int MAX_LABELS = 1 << 20;

  private ClassifierOutputs() {}

  /** The names of the outputs, in their order. */
  static List<String> labels(Json config) {
    Optional<List<String>> named = config.find("id2label").map(ClassifierOutputs::inOrder);
    int count =
        config
            .member("num_labels")
            .map(value -> value.integer(0, MAX_LABELS))
            .orElse(named.map(List::size).orElse(DEFAULT_LABELS));
    return named
        .filter(labels -> labels.size() == count)
        .orElseGet(() -> IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList());
  }

  private static List<String> inOrder(Json id2label) {
    Map<Integer, String> labels = new TreeMap<>();
    id2label
        .members()
        .forEach((id, label) -> {
          if (labels.put(index(id, label), text(label)) != null) {
            throw label.error("this index stands twice");
          }
        });
    var inOrder = new ArrayList<String>();
    labels.forEach((index, label) -> {
      if (index != inOrder.size()) {
        throw id2label.error("label " + inOrder.size() + " is missing");
      }
      inOrder.add(label);
    });
    return List.copyOf(inOrder);
  }

  private static int index(String id, Json label) {
    try {
      return Integer.parseInt(id);
    } catch (NumberFormatException e) {
      throw label.error("expected an integer as key, found '" + id + "'");
    }
  }

  private static String text(Json label) {
    return label.isNumber() ? label.toString() : label.string();
  }

  /** The meaning of the outputs; empty if the file leaves it to their number. */
  static Optional<ProblemType> problemType(Json config) {
    Optional<Json> given = config.find("problem_type");
    Optional<ProblemType> type = given.map(value -> value.constant(ProblemType.values()));
    boolean isSingle = type.equals(Optional.of(ProblemType.SINGLE_LABEL_CLASSIFICATION));
    if (isSingle && labels(config).size() == 1) {
      throw given.get().mismatch("another problem_type for a model with one label");
    }
    return type;
  }
}

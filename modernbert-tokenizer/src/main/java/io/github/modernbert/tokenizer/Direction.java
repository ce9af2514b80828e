package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;

/** An end of an encoding, for truncation and padding. */
public enum Direction {
  /** Its start. */
  LEFT,
  /** Its end. */
  RIGHT;

  static Direction read(Json json) {
    return switch (Fields.string(json)) {
      case "Left" -> LEFT;
      case "Right" -> RIGHT;
      default -> throw json.mismatch("'Left' or 'Right'");
    };
  }
}

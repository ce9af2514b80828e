package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import java.util.Objects;

/**
 * The padding of encodings to a common length.
 *
 * @param length the length in tokens, or {@link #LONGEST} for that of the longest encoding of the
 *     batch; longer encodings are not changed
 * @param direction the end at which padding is added
 * @param padToMultipleOf the length is rounded up to a multiple of this; 0 and 1 do nothing
 * @param padId the id of the padding token
 * @param padTypeId the type id of the padding token
 * @param padToken the text of the padding token
 */
public record Padding(
    int length,
    Direction direction,
    int padToMultipleOf,
    int padId,
    int padTypeId,
    String padToken) {
  /** The {@link #length} of a batch's longest encoding. */
  public static final int LONGEST = -1;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative, but for {@link #LONGEST}
   */
  public Padding {
    Objects.requireNonNull(direction, "direction");
    Objects.requireNonNull(padToken, "padToken");
    if (length < LONGEST || padToMultipleOf < 0 || padId < 0 || padTypeId < 0) {
      throw new IllegalArgumentException(
          "padding must not have negative numbers, found length %d, multiple %d, id %d, type id %d"
              .formatted(length, padToMultipleOf, padId, padTypeId));
    }
  }

  /**
   * A padding at the end of each encoding to the length of the longest of its batch.
   *
   * @param padId the id of the padding token
   * @param padToken the text of the padding token
   * @throws IllegalArgumentException if the id is negative
   */
  public static Padding longest(int padId, String padToken) {
    return new Padding(LONGEST, Direction.RIGHT, 0, padId, 0, padToken);
  }

  /** The length to fill up to when the longest encoding has the given one. */
  int target(int longest) {
    long target = length == LONGEST ? longest : length;
    if (padToMultipleOf > 0 && target % padToMultipleOf > 0) {
      target += padToMultipleOf - target % padToMultipleOf;
    }
    return Math.toIntExact(target);
  }

  static Padding read(Json json) {
    Json strategy = json.get("strategy");
    int length;
    if (strategy.isString() && Fields.string(strategy).equals("BatchLongest")) {
      length = LONGEST;
    } else if (strategy.isObject() && strategy.members().size() == 1) {
      length = Fields.natural(strategy.get("Fixed"));
    } else {
      throw strategy.mismatch("'BatchLongest' or an object with the key 'Fixed'");
    }
    return new Padding(
        length,
        Direction.read(json.get("direction")),
        json.find("pad_to_multiple_of").map(Fields::natural).orElse(0),
        Fields.natural(json.get("pad_id")),
        Fields.natural(json.get("pad_type_id")),
        Fields.string(json.get("pad_token")));
  }
}

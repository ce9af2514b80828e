package io.github.modernbert.tasks;

/** A result has a value that is NaN or infinite; {@link Pipeline} says of which model and input. */
final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotFiniteException(float value) {
    super(
        "the result is not finite, found %s: the weights hold NaN or infinities, or values grow beyond float32"
            .formatted(value));
  }
}

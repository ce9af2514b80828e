package io.github.modernbert.bench.compare;

/** A peer that is not there or does not do what it should; it is left out with this message. */
final class PeerFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  PeerFailure(String message) {
    super(message);
  }
}

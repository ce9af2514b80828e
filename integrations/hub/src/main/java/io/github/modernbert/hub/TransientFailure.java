package io.github.modernbert.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The hub asks to come back later. */
final class TransientFailure extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Optional<Duration> retryAfter;

  TransientFailure(String message, Optional<Duration> retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** When, if it says so. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}

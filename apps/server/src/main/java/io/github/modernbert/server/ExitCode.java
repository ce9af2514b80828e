package io.github.modernbert.server;

/** How the process ends. */
enum ExitCode {
  /** Stopped by a signal, all requests answered; or help was printed. */
  OK(0),
  /** Something failed that has no code of its own, or requests were cut off at the end. */
  FAILED(1),
  /** Wrong usage: flags, environment or file. */
  USAGE(2),
  /** The port or socket cannot be listened at. */
  ADDRESS(3),
  /** A model cannot be loaded. */
  MODEL(4),
  /** Not enough memory. */
  MEMORY(5),
  /** A second signal came while the server stopped. */
  AT_ONCE(143);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}

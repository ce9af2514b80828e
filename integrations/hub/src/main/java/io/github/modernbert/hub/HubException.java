package io.github.modernbert.hub;

import org.jspecify.annotations.Nullable;

/** A model cannot be provided by the hub or the cache; the message names it and says what to do. */
public final class HubException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  HubException(Reason reason, String message) {
    this(reason, message, null);
  }

  HubException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The kind of failure, for programs. */
  public Reason reason() {
    return reason;
  }

  /** The kinds of failures. */
  public enum Reason {
    /** There is no such model, or it is private and there is no token that opens it. */
    NOT_FOUND,
    /** The model has no such branch, tag or commit. */
    REVISION_NOT_FOUND,
    /** The repository lacks files that every model has, or that were asked for. */
    FILE_NOT_FOUND,
    /** The hub does not accept the token, or the token's account may not read this. */
    UNAUTHORIZED,
    /** The model's terms must be accepted on its page first. */
    GATED,
    /** No connection, or it broke off again and again. */
    UNREACHABLE,
    /** The hub answers with an error of its own, or with what cannot be understood. */
    SERVER,
    /** The network must not be used, and the model is not in the cache. */
    OFFLINE,
    /** The received bytes do not match the hub's description of the file. */
    CORRUPT,
    /** The cache cannot be written, or its disk is full. */
    CACHE
  }
}

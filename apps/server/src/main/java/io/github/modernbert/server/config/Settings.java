package io.github.modernbert.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All that a server can be told.
 *
 * @param models what to serve; empty for the bundled model
 * @param computing how models are run
 * @param listen where clients find the server
 * @param limits what a client may ask for
 * @param access who may ask
 * @param reading how texts are read unless a request says otherwise
 * @param logging what is logged
 */
public record Settings(
    List<ModelSpec> models,
    Computing computing,
    Listen listen,
    Limits limits,
    Access access,
    Reading reading,
    Logging logging) {

  /**
   * How models are run; what is empty is left to the library.
   *
   * @param threads threads that compute
   * @param kernels which implementation computes
   * @param precision what linear layers are computed in, {@code float32} or {@code int8}
   * @param weights how weights are kept, {@code float32} or {@code bfloat16}
   * @param maxBatchTokens tokens that are computed together
   * @param cacheFolder where packed weights are kept for the next start
   */
  public record Computing(
      OptionalInt threads,
      Optional<String> kernels,
      Optional<String> precision,
      Optional<String> weights,
      OptionalInt maxBatchTokens,
      Optional<Path> cacheFolder) {}

  /**
   * Where clients find the server.
   *
   * @param host the address or name of the interface
   * @param port from 0 to 65535; 0 takes any that is free
   * @param unixSocket a socket in the file system, in place of host and port
   * @param tls certificate and key; empty for plain HTTP
   */
  public record Listen(String host, int port, Optional<Path> unixSocket, Optional<Tls> tls) {}

  /**
   * PEM files.
   *
   * @param certificate the server's certificate and those between it and the authority's
   * @param key its private key, PKCS #8, not encrypted
   */
  public record Tls(Path certificate, Path key) {}

  /**
   * The limits on what a client may ask for.
   *
   * @param maxConcurrentRequests requests that compute or wait; more are refused
   * @param maxClientBatchSize texts of a request
   * @param payloadLimit bytes of a request's body
   * @param requestTimeout how long a request may take to arrive, and how long a connection may be
   *     silent
   * @param drainTimeout how long requests under way may take when the server stops
   */
  public record Limits(
      int maxConcurrentRequests,
      int maxClientBatchSize,
      int payloadLimit,
      Duration requestTimeout,
      Duration drainTimeout) {}

  /**
   * Who may ask.
   *
   * @param apiKeys keys, one of which a request must have; empty if everyone may
   * @param corsAllowOrigin origins whose pages may use the server from a browser; {@code *} for all
   */
  public record Access(List<String> apiKeys, List<URI> corsAllowOrigin) {}

  /**
   * How texts are read unless a request says otherwise.
   *
   * @param autoTruncate whether texts that are too long are cut instead of refused
   * @param defaultPromptName a prompt of the model's files
   * @param defaultPrompt the text of a prompt
   * @param refuseTokenIds whether lists of token ids are refused in place of texts
   */
  public record Reading(
      boolean autoTruncate,
      Optional<String> defaultPromptName,
      Optional<String> defaultPrompt,
      boolean refuseTokenIds) {}

  /**
   * The settings of the log.
   *
   * @param json whether each line is a JSON object
   * @param level the least that is logged
   */
  public record Logging(boolean json, System.Logger.Level level) {}

  /** Copies the list. */
  public Settings {
    models = List.copyOf(models);
  }
}

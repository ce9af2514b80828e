package io.github.modernbert.server.api.tei;

import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.Reply;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * {@code /health} and {@code /metrics}: what watches the server asks.
 *
 * @param context what endpoints need
 * @param isStopping whether the server is stopping
 */
public record ProbeEndpoint(Context context, BooleanSupplier isStopping) {
  /** Whether requests are computed now. */
  public Reply health(Call call) {
    if (isStopping.getAsBoolean() || !context.models().registry().isReady()) {
      throw new ApiException(ErrorKind.UNHEALTHY, "unhealthy");
    }
    return Reply.empty();
  }

  /** Whether the process works at all. */
  public Reply live(Call call) {
    return Reply.empty();
  }

  /** All metrics. */
  public Reply metrics(Call call) {
    return Reply.of(
        "text/plain; version=0.0.4; charset=utf-8",
        context.metrics().text().getBytes(StandardCharsets.UTF_8));
  }
}

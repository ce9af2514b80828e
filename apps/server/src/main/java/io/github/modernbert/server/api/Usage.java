package io.github.modernbert.server.api;

import io.github.modernbert.server.http.JsonOutput;

/** The member {@code usage} of an answer, as OpenAI has it. */
public final class Usage {
  private Usage() {}

  /** Writes it. */
  public static void write(JsonOutput out, long tokens) {
    out.name("usage")
        .beginObject()
        .member("prompt_tokens", tokens)
        .member("total_tokens", tokens)
        .endObject();
  }
}

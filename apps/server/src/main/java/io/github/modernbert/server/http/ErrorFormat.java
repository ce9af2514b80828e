package io.github.modernbert.server.http;

import java.util.Locale;

/** How an API words errors. */
public enum ErrorFormat {
  /** {@code {"error", "error_type"}}. */
  TEI {
    @Override
    void write(JsonOutput out, ErrorKind kind, String message) {
      out.beginObject().member("error", message).member("error_type", kind.teiType()).endObject();
    }
  },
  /** {@code {"error": {"message", "type", "param", "code"}}}. */
  OPENAI {
    @Override
    void write(JsonOutput out, ErrorKind kind, String message) {
      out.beginObject();
      openAi(out, kind, message);
      out.endObject();
    }
  },
  /** The one of OpenAI with the members that text-embeddings-inference has beside it. */
  OPENAI_AND_TEI {
    @Override
    void write(JsonOutput out, ErrorKind kind, String message) {
      out.beginObject();
      openAi(out, kind, message);
      out.member("message", message)
          .member("code", kind.status())
          .member("type", kind.teiType())
          .endObject();
    }
  },
  /** {@code {"message"}}, as Cohere has it. */
  COHERE {
    @Override
    void write(JsonOutput out, ErrorKind kind, String message) {
      out.beginObject().member("message", message).member("error", message).endObject();
    }
  };

  abstract void write(JsonOutput out, ErrorKind kind, String message);

  private static void openAi(JsonOutput out, ErrorKind kind, String message) {
    out.name("error")
        .beginObject()
        .member("message", message)
        .member("type", kind.openAiType())
        .name("param")
        .nullValue()
        .member("code", code(kind))
        .endObject();
  }

  private static String code(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> "model_not_found";
      case UNAUTHORIZED -> "invalid_api_key";
      case OVERLOADED -> "rate_limit_exceeded";
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }
}

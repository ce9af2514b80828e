package io.github.modernbert.server.api.openai;

import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.models.ServedModel;
import java.time.Instant;
import java.util.List;

/** {@code /v1/models}: which models there are. */
public final class ModelsEndpoint {
  /** Where the name of a model begins in the path of one. */
  private static final String PATH = "/v1/models/";

  private final Context context;
  private final long started = Instant.now().getEpochSecond();

  /** With what endpoints need. */
  public ModelsEndpoint(Context context) {
    this.context = context;
  }

  /** All models. */
  public Reply list(Call call) {
    List<ServedModel> all = context.models().registry().all();
    return Reply.json(out -> {
      out.beginObject().member("object", "list").name("data").beginArray();
      all.forEach(served -> write(out, served));
      out.endArray().endObject();
    });
  }

  /** One model. */
  public Reply one(Call call) {
    String name = call.path().substring(PATH.length());
    ServedModel served =
        context
            .models()
            .named(name)
            .orElseThrow(() -> new ApiException(ErrorKind.NOT_FOUND, "no model '" + name + "'"));
    return Reply.json(out -> write(out, served));
  }

  private void write(JsonOutput out, ServedModel served) {
    out.beginObject()
        .member("id", served.alias())
        .member("object", "model")
        .member("created", started)
        .member("owned_by", "modernbert")
        .endObject();
  }
}

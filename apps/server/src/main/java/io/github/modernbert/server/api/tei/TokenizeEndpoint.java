package io.github.modernbert.server.api.tei;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.TaskModel;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /tokenize} and {@code /decode}: texts to tokens and back. */
public final class TokenizeEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public TokenizeEndpoint(Context context) {
    this.context = context;
  }

  private static final class TokenizeBody {
    final TextReading reading;
    @Nullable List<String> inputs;
    boolean addSpecialTokens = true;
    @Nullable String model;

    TokenizeBody(Context context) {
      reading = new TextReading(context.settings().reading());
    }

    void read(JsonInput in, String name) throws IOException {
      switch (name) {
        case "inputs" ->
            inputs =
                in.peek() == JsonToken.STRING
                    ? List.of(in.text(name))
                    : in.list(name, () -> in.text(name));
        case "add_special_tokens" -> addSpecialTokens = in.truth(name);
        case "model" -> model = in.textOrNull(name);
        default -> reading.read(in, name);
      }
    }
  }

  /** The tokens of each text. */
  public Reply tokenize(Call call) {
    var body = new TokenizeBody(context);
    call.read(body::read);
    List<String> inputs = Members.required("inputs", body.inputs);
    if (inputs.isEmpty() || inputs.contains("")) {
      throw Input.empty("inputs");
    }
    Chosen<TaskModel> chosen = context.models().any(body.model);
    String prompt = body.reading.prompt(chosen.info()).orElse("");
    EncodeOptions options = EncodeOptions.plain().withSpecialTokens(body.addSpecialTokens);
    List<String> texts = inputs.stream().map(prompt::concat).toList();
    List<Encoding> encodings =
        context
            .computing()
            .run(() -> chosen.model().tokenizer().encodeBatch(texts, options))
            .result();
    return Reply.json(out -> {
      out.beginArray();
      for (int i = 0; i < texts.size(); i++) {
        write(out, texts.get(i), encodings.get(i));
      }
      out.endArray();
    });
  }

  /** Offsets are those of text-embeddings-inference: bytes of UTF-8 in the text with its prompt. */
  private static void write(JsonOutput out, String text, Encoding encoding) {
    int[] special = encoding.specialTokensMask();
    List<String> tokens = encoding.tokens();
    var bytes = new ByteOffsets(text);
    out.beginArray();
    for (int i = 0; i < encoding.length(); i++) {
      out.beginObject().member("id", encoding.id(i));
      if (special[i] == 1) {
        out.member("text", tokens.get(i)).member("special", true);
        out.name("start").nullValue().name("stop").nullValue();
      } else {
        int start = encoding.start(i);
        int end = encoding.end(i);
        out.member("text", text.substring(start, end)).member("special", false);
        out.member("start", bytes.at(start)).member("stop", bytes.at(end));
      }
      out.endObject();
    }
    out.endArray();
  }

  /** Counts the bytes before a char of a text, for chars that come in about ascending order. */
  private static final class ByteOffsets {
    private final String text;
    private int knownChar;
    private int knownByte;

    ByteOffsets(String text) {
      this.text = text;
    }

    int at(int index) {
      if (index < knownChar) {
        return text.substring(0, index).getBytes(StandardCharsets.UTF_8).length;
      }
      knownByte += text.substring(knownChar, index).getBytes(StandardCharsets.UTF_8).length;
      knownChar = index;
      return knownByte;
    }
  }

  private static final class DecodeBody {
    @Nullable List<int[]> ids;
    boolean skipSpecialTokens = true;
    @Nullable String model;

    void read(JsonInput in, String name, int most) throws IOException {
      switch (name) {
        case "ids" -> ids = ids(in, name, most);
        case "skip_special_tokens" -> skipSpecialTokens = in.truth(name);
        case "model" -> model = in.textOrNull(name);
        default -> in.skip();
      }
    }

    private static List<int[]> ids(JsonInput in, String name, int most) throws IOException {
      var sequences = new ArrayList<int[]>();
      for (Input input : Input.read(in, name, most).items()) {
        switch (input) {
          case Input.Ids some -> sequences.add(some.ids());
          case Input.Text _ -> throw JsonInput.invalid("`ids`: expected token ids, found a text");
        }
      }
      return sequences;
    }
  }

  /** The text of each list of ids. */
  public Reply decode(Call call) {
    var body = new DecodeBody();
    int most = context.settings().limits().maxClientBatchSize();
    call.read((in, name) -> body.read(in, name, most));
    List<int[]> ids = Members.required("ids", body.ids);
    Chosen<TaskModel> chosen = context.models().any(body.model);
    Tokenizer tokenizer = chosen.model().tokenizer();
    List<String> texts =
        context
            .computing()
            .run(() -> ids.stream().map(i -> tokenizer.decode(i, body.skipSpecialTokens)).toList())
            .result();
    return Reply.json(out -> {
      out.beginArray();
      texts.forEach(out::value);
      out.endArray();
    });
  }
}

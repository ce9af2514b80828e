package io.github.modernbert.server.api.tei;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.TaskModel;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.ModelChoice;
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

/**
 * {@code /tokenize} and {@code /decode}: texts to tokens and back.
 *
 * @param context what endpoints need
 */
public record TokenizeEndpoint(Context context) {
  private static final Member<List<String>> INPUTS =
      Member.of(
          (in, name) ->
              in.peek() == JsonToken.STRING
                  ? List.of(in.text(name))
                  : in.list(name, () -> in.text(name)),
          "inputs");
  private static final Member<Boolean> ADD_SPECIAL_TOKENS = Member.truth("add_special_tokens");
  private static final Form TOKENIZE =
      TextReading.FORM.with(ModelChoice.MODEL, INPUTS, ADD_SPECIAL_TOKENS);

  private static final Member<List<int[]>> IDS = Member.of(TokenizeEndpoint::ids, "ids");
  private static final Member<Boolean> SKIP_SPECIAL_TOKENS = Member.truth("skip_special_tokens");
  private static final Form DECODE = Form.of(ModelChoice.MODEL, IDS, SKIP_SPECIAL_TOKENS);

  /** The tokens of each text. */
  public Reply tokenize(Call call) {
    Body body = TOKENIZE.read(call);
    List<String> inputs = body.requiredTexts(INPUTS);
    Chosen<TaskModel> chosen = context.models().any(body.find(ModelChoice.MODEL));
    String prompt = context.reading(body).prompt(chosen.info()).orElse("");
    EncodeOptions options =
        EncodeOptions.plain().withSpecialTokens(body.get(ADD_SPECIAL_TOKENS, true));
    List<String> texts = inputs.stream().map(prompt::concat).toList();
    List<Encoding> encodings =
        context.admission().run(() -> chosen.model().tokenizer().encodeBatch(texts, options));
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

  private static List<int[]> ids(JsonInput in, String name) throws IOException {
    var sequences = new ArrayList<int[]>();
    for (Input input : Input.read(in, name).items()) {
      switch (input) {
        case Input.Ids some -> sequences.add(some.ids());
        case Input.Text _ -> throw JsonInput.invalid("`ids`: expected token ids, found a text");
      }
    }
    return sequences;
  }

  /** The text of each list of ids. */
  public Reply decode(Call call) {
    Body body = DECODE.read(call);
    List<int[]> ids = body.required(IDS);
    Chosen<TaskModel> chosen = context.models().any(body.find(ModelChoice.MODEL));
    Tokenizer tokenizer = chosen.model().tokenizer();
    boolean skipSpecial = body.get(SKIP_SPECIAL_TOKENS, true);
    List<String> texts =
        context
            .admission()
            .run(() -> ids.stream().map(some -> tokenizer.decode(some, skipSpecial)).toList());
    return Reply.json(out -> {
      out.beginArray();
      texts.forEach(out::value);
      out.endArray();
    });
  }
}

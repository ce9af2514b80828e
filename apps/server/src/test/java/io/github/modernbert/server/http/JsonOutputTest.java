package io.github.modernbert.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Another reader of JSON reads back what is written. */
final class JsonOutputTest {
  private static String written(Consumer<JsonOutput> write) {
    var bytes = new ByteArrayOutputStream();
    var out = new JsonOutput(bytes);
    write.accept(out);
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void valuesOfAllKinds() {
    assertEquals(
        "{\"a\":1,\"b\":[],\"c\":[true,null,\"x\",-2],\"d\":{\"e\":0.5},\"f\":null}",
        written(out ->
            out.beginObject()
                .member("a", 1)
                .name("b")
                .beginArray()
                .endArray()
                .name("c")
                .beginArray()
                .value(true)
                .nullValue()
                .value("x")
                .value(-2)
                .endArray()
                .name("d")
                .beginObject()
                .member("e", 0.5f)
                .endObject()
                .name("f")
                .nullable(null)
                .endObject()));
  }

  @Test
  void textsReadBack() {
    String text = "\"\\/\b\f\n\r\t\u0000\u001f\u007f\u00e9\u20ac\ud83c\udf5e\u2028</script>";
    String json = written(out -> out.value(text));
    assertEquals(text, JsonParser.parseString(json).getAsString());
    String longText = text.repeat(5000);
    assertEquals(
        longText, JsonParser.parseString(written(out -> out.value(longText))).getAsString());
  }

  @Test
  void loneSurrogatesAreReplaced() {
    assertEquals("\"a\ufffdb\ufffd\"", written(out -> out.value("a\ud800b\udc00")));
  }

  @Test
  void floatsReadBackToTheirBits() {
    var random = new SplittableRandom(7);
    var values = new float[100_000];
    for (int i = 0; i < values.length; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isFinite(value) ? value : 1;
    }
    values[0] = -0.0f;
    values[1] = Float.MIN_VALUE;
    values[2] = Float.MAX_VALUE;
    JsonArray array = JsonParser.parseString(written(out -> out.vector(values))).getAsJsonArray();
    for (int i = 0; i < values.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(values[i]),
          Float.floatToRawIntBits(Float.parseFloat(array.get(i).getAsString())));
    }
  }

  @Test
  void whatIsNoNumberIsNull() {
    assertEquals(
        "[null,null,1.0]",
        written(out -> out.vector(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1})));
  }

  @Test
  void base64IsLittleEndian() {
    assertEquals(
        "[\"AACAPwAAAMA=\"]",
        written(out -> out.beginArray().base64(new float[] {1, -2}).endArray()));
  }
}

package io.github.modernbert.tokenizer.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.tokenizer.unicode.AllCodePoints;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Classes, properties and case folds match the same code points as in the reference, of all there
 * are.
 */
class PropertyDigestTest {
  @Test
  void everyCodePoint() {
    var digests =
        Golden.json(Golden.project().resolve("src-test-data/golden-extra/unicode/digests.json"));
    int checked = 0;
    for (Map.Entry<String, JsonElement> entry :
        digests.getAsJsonObject().getAsJsonObject("pieces").entrySet()) {
      if (entry.getKey().matches("[a-z-]+")) {
        // a pre-tokenizer's name
        continue;
      }
      assertEquals(entry.getValue().getAsString(), pieces(entry.getKey()), entry.getKey());
      checked++;
    }
    Golden.report("regular expressions over every code point", checked);
  }

  /** The digest of the ends of the pieces, where neighbouring matches make one. */
  private static String pieces(String pattern) {
    var ends = new StringBuilder();
    var matcher = Regex.compile(pattern).matcher(AllCodePoints.TEXT);
    int last = 0;
    boolean inMatch = false;
    while (matcher.next()) {
      if (matcher.start() > last) {
        if (inMatch) {
          ends.append(AllCodePoints.count(last)).append(' ');
        }
        ends.append(AllCodePoints.count(matcher.start())).append(' ');
      }
      inMatch = true;
      last = matcher.end();
    }
    if (inMatch) {
      ends.append(AllCodePoints.count(last)).append(' ');
    }
    if (last < AllCodePoints.TEXT.length()) {
      ends.append(AllCodePoints.count(AllCodePoints.TEXT.length())).append(' ');
    }
    return AllCodePoints.digest(ends.toString().strip());
  }
}

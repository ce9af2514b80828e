package io.github.modernbert.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Texts of plain words, with lengths as the settings say. The same seed makes the same texts. */
final class LoadTexts {
  private static final String[] WORDS =
      ("the of and to in a is that for it was on are as with his they at be this have from or one"
              + " had by word but not what all were we when your can said there use an each which"
              + " she do how their if will up other about out many then them these so some her"
              + " would make like him into time has look two more write go see number no way could"
              + " people my than first water been call who oil its now find long down day did get"
              + " come made may part bakery corner street river letter window summer morning")
          .split(" ");

  /** No text is longer, however the dice fall. */
  private static final int MOST_WORDS = 4000;

  private final LoadSettings settings;
  private final SplittableRandom random;

  LoadTexts(LoadSettings settings, long seed) {
    this.settings = settings;
    this.random = new SplittableRandom(seed);
  }

  /** The texts of one request. */
  List<String> next() {
    int count = random.nextInt(settings.fewestTexts(), settings.mostTexts() + 1);
    var texts = new ArrayList<String>(count);
    for (int i = 0; i < count; i++) {
      texts.add(text());
    }
    return texts;
  }

  private String text() {
    double length = settings.words() * Math.exp(settings.sigma() * random.nextGaussian());
    int words = Math.clamp(Math.round(length), 1, MOST_WORDS);
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }
}

package io.github.modernbert.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** English texts, the same in every run. */
final class Texts {
  /** A text of the length of a query. */
  static final String QUERY = "Where can I find a bakery that is open early on Sunday mornings?";

  private static final int COUNT = 64;
  private static final double MEDIAN_WORDS = 75;
  private static final double SPREAD = 0.8;
  private static final int MIN_WORDS = 6;
  private static final int MAX_WORDS = 400;

  private static final String[] WORDS =
      """
      the of and to in a is that for it was on with as be at by this had not but from they she
      which or we an there were their been has when who will more no if out so said what up its
      about into than them can only other new some could time these two may then do first any my
      now such like our over man me even most made after also did many before must through years
      where much your way well down should because each just those people how too little state
      good very make world still own see men work long here get both between life being under
      never day same another know while last might us great old year off come since against go
      came right used take three
      """
          .strip()
          .split("\\s+");

  private Texts() {}

  /** Texts whose lengths differ as those of a real collection do: log-normal. */
  static List<String> mixed() {
    var random = new SplittableRandom(90);
    var texts = new ArrayList<String>();
    for (int i = 0; i < COUNT; i++) {
      double length = MEDIAN_WORDS * Math.exp(SPREAD * random.nextGaussian());
      int words = Math.clamp(Math.round(length), MIN_WORDS, MAX_WORDS);
      var text = new StringBuilder();
      for (int w = 0; w < words; w++) {
        text.append(w == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
      }
      texts.add(text.append('.').toString());
    }
    return List.copyOf(texts);
  }
}

package io.github.modernbert.bench.load;

import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The settings that the command line asks for.
 *
 * @param url the server, without a path
 * @param api how it is asked
 * @param model what requests name; empty for none
 * @param key sent as {@code Authorization: Bearer}; empty for none
 * @param clients how many clients ask, each as soon as it is answered (closed loop)
 * @param rate requests a second, whether the server keeps up or not (open loop); empty for a closed
 *     loop
 * @param seconds that are measured
 * @param warmUpSeconds before them, which are not
 * @param fewestTexts of a request
 * @param mostTexts of a request; numbers between the two are equally frequent
 * @param words the median length of a text
 * @param sigma the standard deviation of the logarithm of a text's length; 0 for one length
 * @param seed of all that is random
 */
record LoadSettings(
    URI url,
    Api api,
    String model,
    String key,
    int clients,
    OptionalDouble rate,
    double seconds,
    double warmUpSeconds,
    int fewestTexts,
    int mostTexts,
    int words,
    double sigma,
    long seed) {
  static final String USAGE =
      """
      usage: modernbert-bench/run load --url URL [--api tei|openai] [--model NAME] [--key KEY]
                                       [--clients N | --rate R] [--seconds S] [--warm-up S]
                                       [--texts N | --texts FEW-MANY] [--words N] [--sigma X] [--seed N]
        --url URL          the server, such as http://127.0.0.1:8080; any that has one of the APIs
        --api NAME         tei asks /embed, openai asks /v1/embeddings (default openai)
        --clients N        closed loop: each client asks again as soon as it is answered (default 32)
        --rate R           open loop: requests a second, whether the server keeps up or not; a
                           request's time begins when it is due
        --seconds S        that are measured (default 30)
        --warm-up S        before them, which are not (default 5)
        --texts FEW-MANY   texts of a request (default 1)
        --words N          median length of a text (default 12)
        --sigma X          log-normal lengths with this deviation (default 0: all of one length)
        --seed N           other texts (default 1)
      """;

  /** The APIs that servers have. */
  enum Api {
    /** That of text-embeddings-inference. */
    TEI,
    /** That of OpenAI. */
    OPENAI
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  static LoadSettings parse(List<String> arguments) {
    URI url = URI.create("");
    Api api = Api.OPENAI;
    String model = "";
    String key = "";
    int clients = 32;
    OptionalDouble rate = OptionalDouble.empty();
    double seconds = 30;
    double warmUp = 5;
    int few = 1;
    int many = 1;
    int words = 12;
    double sigma = 0;
    long seed = 1;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      String value = rest.next();
      switch (name) {
        case "--url" -> url = URI.create(value.replaceFirst("/+$", ""));
        case "--api" -> api = Api.valueOf(value.toUpperCase(java.util.Locale.ROOT));
        case "--model" -> model = value;
        case "--key" -> key = value;
        case "--clients" -> clients = Integer.parseInt(value);
        case "--rate" -> rate = OptionalDouble.of(Double.parseDouble(value));
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--warm-up" -> warmUp = Double.parseDouble(value);
        case "--texts" -> {
          String[] ends = value.split("-", 2);
          few = Integer.parseInt(ends[0]);
          many = Integer.parseInt(ends[ends.length - 1]);
        }
        case "--words" -> words = Integer.parseInt(value);
        case "--sigma" -> sigma = Double.parseDouble(value);
        case "--seed" -> seed = Long.parseLong(value);
        default -> throw new IllegalArgumentException("no option " + name);
      }
    }
    if (url.getHost() == null) {
      throw new IllegalArgumentException("--url: expected http://HOST:PORT, found '" + url + "'");
    }
    if (clients < 1 || few < 1 || many < few || words < 1 || sigma < 0 || seconds <= 0) {
      throw new IllegalArgumentException("an option's value is too small");
    }
    return new LoadSettings(
        url, api, model, key, clients, rate, seconds, warmUp, few, many, words, sigma, seed);
  }
}

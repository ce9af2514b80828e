package io.github.modernbert;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts labelled tokens together, as {@code TokenClassificationPipeline} of transformers 5.23 does
 * it ({@code gather_pre_entities}, {@code aggregate}, {@code aggregate_overlapping_entities}).
 */
final class EntityGrouper {
  private static final String BEGIN = "B-";
  private static final String INSIDE = "I-";

  private final List<String> labels;
  private final Aggregation aggregation;

  /**
   * @param labels the names of a token's scores
   */
  EntityGrouper(List<String> labels, Aggregation aggregation) {
    this.labels = labels;
    this.aggregation = aggregation;
  }

  /**
   * A token of a text.
   *
   * @param scores one for each label
   * @param continues whether it belongs to the word of the token before it
   */
  record Token(float[] scores, int start, int end, boolean continues) {}

  /** The entities of tokens, or the tokens themselves if they shall not be put together. */
  List<Entity> group(String text, List<Token> tokens) {
    var parts = new ArrayList<Entity>();
    if (aggregation == Aggregation.NONE || aggregation == Aggregation.SIMPLE) {
      tokens.forEach(t -> parts.add(labelled(text, t.scores(), t.start(), t.end())));
    } else {
      for (List<Token> word : words(tokens)) {
        parts.add(labelled(text, wordScores(word), word.getFirst().start(), word.getLast().end()));
      }
    }
    return aggregation == Aggregation.NONE ? parts : joined(text, parts);
  }

  private Entity labelled(String text, float[] scores, int start, int end) {
    int best = best(scores);
    return new Entity(labels.get(best), scores[best], start, end, part(text, start, end));
  }

  /** Of tokens that were made of one character, a word may end before it starts. */
  private static String part(String text, int start, int end) {
    return start < end ? text.substring(start, end) : "";
  }

  private static int best(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private static List<List<Token>> words(List<Token> tokens) {
    var words = new ArrayList<List<Token>>();
    for (Token token : tokens) {
      if (words.isEmpty() || !token.continues()) {
        words.add(new ArrayList<>());
      }
      words.getLast().add(token);
    }
    return words;
  }

  private float[] wordScores(List<Token> word) {
    return switch (aggregation) {
      case FIRST -> word.getFirst().scores();
      case MAX -> {
        float[] highest = word.getFirst().scores();
        for (Token token : word) {
          float[] scores = token.scores();
          highest = scores[best(scores)] > highest[best(highest)] ? scores : highest;
        }
        yield highest;
      }
      case AVERAGE -> {
        var mean = new float[labels.size()];
        for (int i = 0; i < mean.length; i++) {
          for (Token token : word) {
            mean[i] += token.scores()[i];
          }
          mean[i] /= word.size();
        }
        yield mean;
      }
      case NONE, SIMPLE -> throw new IllegalStateException(aggregation + " knows no words");
    };
  }

  private static List<Entity> joined(String text, List<Entity> parts) {
    var entities = new ArrayList<Entity>();
    var members = new ArrayList<Entity>();
    for (Entity part : parts) {
      boolean begins = part.label().startsWith(BEGIN);
      if (!members.isEmpty()
          && (begins || !tag(part.label()).equals(tag(members.getLast().label())))) {
        entities.add(entity(text, members));
        members.clear();
      }
      members.add(part);
    }
    if (!members.isEmpty()) {
      entities.add(entity(text, members));
    }
    return entities;
  }

  /** What must be equal for neighbours to be one entity. */
  private static String tag(String label) {
    return label.startsWith(BEGIN) || label.startsWith(INSIDE) ? label.substring(2) : label;
  }

  private static Entity entity(String text, List<Entity> members) {
    String label = members.getFirst().label();
    float sum = 0;
    for (Entity member : members) {
      sum += member.score();
    }
    int start = members.getFirst().start();
    int end = members.getLast().end();
    // Whatever stands before the first hyphen is left out, as in the reference.
    String name = label.substring(label.indexOf('-') + 1);
    return new Entity(name, sum / members.size(), start, end, part(text, start, end));
  }

  /** Of overlapping entities of several windows the longer one, or that of the higher score. */
  static List<Entity> withoutOverlaps(List<Entity> entities) {
    var kept = new ArrayList<Entity>();
    for (Entity entity :
        entities.stream().sorted(Comparator.comparingInt(Entity::start)).toList()) {
      if (kept.isEmpty() || entity.start() >= kept.getLast().end()) {
        kept.add(entity);
      } else if (isBetter(entity, kept.getLast())) {
        kept.set(kept.size() - 1, entity);
      }
    }
    return kept;
  }

  private static boolean isBetter(Entity entity, Entity other) {
    int length = entity.end() - entity.start();
    int otherLength = other.end() - other.start();
    return length > otherLength || length == otherLength && entity.score() > other.score();
  }
}

package io.github.modernbert.tasks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Groups labelled tokens into entities, as {@code TokenClassificationPipeline} of transformers 5.23
 * does ({@code gather_pre_entities}, {@code aggregate}, {@code aggregate_overlapping_entities}).
 */
public final class EntityGrouper {
  private static final String BEGIN = "B-";
  private static final String INSIDE = "I-";

  private final List<String> labels;
  private final Level level;
  private final boolean joins;

  /** The parts of a text that get a label each, and how scores of a word follow from its tokens. */
  public enum Level {
    /** Tokens, with their own scores. */
    TOKEN,
    /** Words, with the scores of their first token. */
    FIRST_TOKEN,
    /** Words, with the scores of the token that has the highest score of all. */
    STRONGEST_TOKEN,
    /** Words, with the mean of their tokens' scores. */
    MEAN
  }

  /**
   * @param labels the names of a token's scores
   * @param joins whether neighbouring parts of one label become one entity
   */
  public EntityGrouper(List<String> labels, Level level, boolean joins) {
    this.labels = labels;
    this.level = level;
    this.joins = joins;
  }

  /**
   * A labelled part of a text.
   *
   * @param start UTF-16 index of its first character
   * @param end UTF-16 index after its last character
   */
  public record Span(String label, float score, int start, int end) {}

  /**
   * A token of a text.
   *
   * @param scores one for each label
   * @param continues whether it belongs to the word of the token before it
   */
  public record Token(float[] scores, int start, int end, boolean continues) {}

  /** The entities of tokens, or each part on its own if they are not joined. */
  public List<Span> group(List<Token> tokens) {
    var parts = new ArrayList<Span>();
    for (List<Token> word : level == Level.TOKEN ? single(tokens) : words(tokens)) {
      float[] scores = scores(word);
      int best = best(scores);
      int start = word.getFirst().start();
      parts.add(new Span(labels.get(best), scores[best], start, word.getLast().end()));
    }
    return joins ? joined(parts) : parts;
  }

  private static List<List<Token>> single(List<Token> tokens) {
    return tokens.stream().map(List::of).toList();
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

  private float[] scores(List<Token> word) {
    return switch (level) {
      case TOKEN, FIRST_TOKEN -> word.getFirst().scores();
      case STRONGEST_TOKEN -> {
        float[] highest = word.getFirst().scores();
        for (Token token : word) {
          float[] scores = token.scores();
          highest = scores[best(scores)] > highest[best(highest)] ? scores : highest;
        }
        yield highest;
      }
      case MEAN -> {
        var mean = new float[labels.size()];
        for (int i = 0; i < mean.length; i++) {
          for (Token token : word) {
            mean[i] += token.scores()[i];
          }
          mean[i] /= word.size();
        }
        yield mean;
      }
    };
  }

  private static List<Span> joined(List<Span> parts) {
    var entities = new ArrayList<Span>();
    var members = new ArrayList<Span>();
    for (Span part : parts) {
      boolean begins = part.label().startsWith(BEGIN);
      if (!members.isEmpty()
          && (begins || !tag(part.label()).equals(tag(members.getLast().label())))) {
        entities.add(entity(members));
        members.clear();
      }
      members.add(part);
    }
    if (!members.isEmpty()) {
      entities.add(entity(members));
    }
    return entities;
  }

  /** The tag of a label, which must be equal for neighbours to be one entity. */
  private static String tag(String label) {
    return label.startsWith(BEGIN) || label.startsWith(INSIDE) ? label.substring(2) : label;
  }

  private static Span entity(List<Span> members) {
    String label = members.getFirst().label();
    float sum = 0;
    for (Span member : members) {
      sum += member.score();
    }
    int start = members.getFirst().start();
    int end = members.getLast().end();
    // Whatever stands before the first hyphen is left out, as in the reference.
    String name = label.substring(label.indexOf('-') + 1);
    return new Span(name, sum / members.size(), start, end);
  }

  /**
   * Removes overlaps of entities of several windows: the longer one stays, or that of the higher
   * score.
   */
  public static List<Span> withoutOverlaps(List<Span> entities) {
    var kept = new ArrayList<Span>();
    for (Span entity : entities.stream().sorted(Comparator.comparingInt(Span::start)).toList()) {
      if (kept.isEmpty() || entity.start() >= kept.getLast().end()) {
        kept.add(entity);
      } else if (isBetter(entity, kept.getLast())) {
        kept.set(kept.size() - 1, entity);
      }
    }
    return kept;
  }

  private static boolean isBetter(Span entity, Span other) {
    int length = entity.end() - entity.start();
    int otherLength = other.end() - other.start();
    return length > otherLength || length == otherLength && entity.score() > other.score();
  }
}

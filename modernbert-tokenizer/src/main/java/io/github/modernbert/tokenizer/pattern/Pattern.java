package io.github.modernbert.tokenizer.pattern;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.regex.MatchLimitException;
import io.github.modernbert.tokenizer.regex.Matcher;
import io.github.modernbert.tokenizer.regex.Regex;
import java.util.Map;
import java.util.function.IntPredicate;

/** Cuts a text into matches and what lies between them. Immutable. */
@FunctionalInterface
public interface Pattern {
  /**
   * Hands all of {@code text} between {@code from} and {@code to} to {@code sink}; an empty stretch
   * is one empty piece that is no match. Nothing outside the stretch is looked at.
   *
   * @throws MatchLimitException if a regular expression takes too many steps
   */
  void find(String text, int from, int to, MatchSink sink);

  /** Reads {@code {"String": …}} or {@code {"Regex": …}}. */
  static Pattern read(Json json) {
    Map<String, Json> members = json.members();
    if (members.size() != 1) {
      throw json.mismatch("an object with one of the keys 'String' and 'Regex'");
    }
    var entry = members.entrySet().iterator().next();
    String pattern = Fields.string(entry.getValue());
    return switch (entry.getKey()) {
      case "String" -> of(Regex.literal(pattern));
      case "Regex" -> located(compile(entry.getValue(), pattern), entry.getValue());
      default -> throw json.mismatch("an object with one of the keys 'String' and 'Regex'");
    };
  }

  /** The matches of a regular expression. */
  static Pattern of(Regex regex) {
    return (text, from, to, sink) -> {
      if (from == to) {
        sink.accept(from, to, false);
        return;
      }
      Matcher matcher = regex.matcher(text, from, to);
      int last = from;
      while (matcher.next()) {
        if (last != matcher.start()) {
          sink.accept(last, matcher.start(), false);
        }
        sink.accept(matcher.start(), matcher.end(), true);
        last = matcher.end();
      }
      if (last != to) {
        sink.accept(last, to, false);
      }
    };
  }

  /** The matches of a regular expression whose place in the file is told when it gives up. */
  private static Pattern located(Regex regex, Json json) {
    Pattern pattern = of(regex);
    return (text, from, to, sink) -> {
      try {
        pattern.find(text, from, to, sink);
      } catch (MatchLimitException e) {
        throw new MatchLimitException(json.file() + ": " + json.path(), regex.pattern(), e);
      }
    };
  }

  /** Each character of a class is a match. */
  static Pattern of(IntPredicate isMatch) {
    return (text, from, to, sink) -> {
      int last = from;
      for (int i = from, next; i < to; i = next) {
        int codePoint = text.codePointAt(i);
        next = i + Character.charCount(codePoint);
        if (isMatch.test(codePoint)) {
          if (last < i) {
            sink.accept(last, i, false);
          }
          sink.accept(i, next, true);
          last = next;
        }
      }
      if (last < to || from == to) {
        sink.accept(last, to, false);
      }
    };
  }

  /** Matches become what lies between them, and the other way round. */
  default Pattern inverted() {
    return (text, from, to, sink) ->
        find(text, from, to, (start, end, isMatch) -> sink.accept(start, end, !isMatch));
  }

  private static Regex compile(Json place, String pattern) {
    try {
      return Regex.compile(pattern);
    } catch (IllegalArgumentException e) {
      throw place.error("regular expression cannot be used: " + e.getMessage());
    }
  }
}

package io.github.modernbert.tokenizer.processor;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import java.util.ArrayList;
import java.util.List;

/** Adds special tokens and sets type ids. Immutable. */
public interface PostProcessor {
  /** Lays texts end to end and adds nothing, as a file without post-processor does. */
  PostProcessor NONE =
      new PostProcessor() {
        @Override
        public int addedTokens(boolean isPair) {
          return 0;
        }

        @Override
        public List<Segment> process(List<Segment> segments, boolean addSpecialTokens) {
          return segments;
        }

        @Override
        public Segment finish(List<Segment> texts, boolean addSpecialTokens) {
          if (texts.size() == 1) {
            return texts.getFirst();
          }
          var numbered = new ArrayList<Segment>();
          for (Segment text : texts) {
            numbered.add(text.withSequence(numbered.size()));
          }
          return Joiner.join(numbered);
        }
      };

  /** How many tokens will be added to one text or to a pair. */
  int addedTokens(boolean isPair);

  /** Processes segments, and may add more. */
  List<Segment> process(List<Segment> segments, boolean addSpecialTokens);

  /** Makes one whole of one or two texts. */
  default Segment finish(List<Segment> texts, boolean addSpecialTokens) {
    var numbered = new ArrayList<Segment>();
    for (Segment text : texts) {
      int number = numbered.size();
      numbered.add(
          text.withTypeId(number)
              .withSequence(number)
              .withOverflowing(
                  text.overflowing.stream().map(part -> part.withSequence(number)).toList()));
    }
    return Joiner.join(process(numbered, addSpecialTokens));
  }

  /** Reads a post-processor of {@code tokenizer.json}. */
  static PostProcessor read(Json json) {
    String type = Fields.type(json).orElseGet(() -> typeByKeys(json));
    return switch (type) {
      // The reference tells these two by their keys.
      case "BertProcessing", "RobertaProcessing" ->
          json.has("trim_offsets") && json.has("add_prefix_space")
              ? RobertaProcessing.read(json)
              : BertProcessing.read(json);
      case "ByteLevel" -> {
        json.member("use_regex").ifPresent(Json::bool);
        yield new ByteLevelProcessing(
            json.get("trim_offsets").bool(), json.get("add_prefix_space").bool());
      }
      case "TemplateProcessing" -> TemplateProcessing.read(json);
      case "Sequence" ->
          new SequenceProcessing(
              json.get("processors").items().stream().map(PostProcessor::read).toList());
      default -> throw json.error("unknown post-processor '" + type + "'");
    };
  }

  private static String typeByKeys(Json json) {
    if (json.has("sep")) {
      return "BertProcessing";
    } else if (json.has("single")) {
      return "TemplateProcessing";
    }
    throw json.error("key 'type' is missing");
  }
}

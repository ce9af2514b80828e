package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.checks.MarkdownFile.Block;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code console} blocks of the documentation: lines that begin with {@code $} run, and what
 * stands below them is what they print, where {@code …} is anything. Programs are those that the
 * launchers start; {@code ./mvnw} is not run, its modules and profiles must exist. What cannot run
 * here stands in {@code sh} blocks.
 */
final class MarkdownShellIT {
  private static final Map<String, Program> PROGRAMS =
      Map.of(
          "./modernbert",
          new Program("apps/cli", "io.github.modernbert.cli.Main"),
          "examples/lucene/run",
          new Program("examples/lucene", "io.github.modernbert.examples.lucene.Main"));

  /** A word, or what stands between quotes. */
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

  private final Map<List<String>, Launched> launches = new HashMap<>();

  @TempDir private Path folder;

  private record Program(String module, String mainClass) {
    List<String> arguments(List<String> words) {
      Path target = PomFile.root().folder().resolve(module).resolve("target");
      String path = "%s/*%s%s/lib/*".formatted(target, File.pathSeparator, target);
      // Short programs are done before C2 is of use; portable kernels give the same bits.
      var arguments =
          new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path));
      arguments.add("--enable-native-access=ALL-UNNAMED");
      arguments.add(mainClass);
      arguments.addAll(words);
      return arguments;
    }
  }

  @Test
  void commandsPrintWhatThePagesSay() throws Exception {
    int run = 0;
    for (Block block : MarkdownFile.blocks("console")) {
      List<String> lines = block.text().lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).startsWith("$ ")) {
          int end = i + 1;
          while (end < lines.size() && !lines.get(end).startsWith("$ ")) {
            end++;
          }
          List<String> expected =
              lines.subList(i + 1, end).stream().filter(line -> !line.isEmpty()).toList();
          run += check(block, words(lines.get(i).substring(2)), expected) ? 1 : 0;
        }
      }
    }
    assertTrue(run > 0, "no page has a command that runs");
  }

  private boolean check(Block block, List<String> words, List<String> expected) throws Exception {
    String name = words.getFirst();
    if (name.equals("./mvnw")) {
      checkMaven(block, words);
      return false;
    }
    Program program = PROGRAMS.get(name);
    assertTrue(program != null, block + ": a console block cannot run " + name);
    Path root = PomFile.root().folder();
    List<String> arguments =
        words.stream()
            .skip(1)
            // What is in the tree is read there; what is written lies in the temporary folder.
            .map(word -> Files.exists(root.resolve(word)) ? root.resolve(word).toString() : word)
            .toList();
    Launched launched = launched(program.arguments(arguments));
    if (!expected.isEmpty()) {
      assertEquals(expected.size(), launched.out().size(), block + ": " + launched.out());
      for (int i = 0; i < expected.size(); i++) {
        String pattern = Pattern.quote(expected.get(i)).replace("…", "\\E.*\\Q");
        String line = launched.out().get(i);
        assertTrue(line.matches(pattern), "%s: it prints '%s'".formatted(block, line));
      }
    }
    return true;
  }

  /** Runs a program, once if several pages show it. */
  private Launched launched(List<String> arguments) throws Exception {
    Launched known = launches.get(arguments);
    Launched launched = known == null ? Launched.java(folder, arguments) : known;
    launches.put(arguments, launched);
    return launched;
  }

  private static void checkMaven(Block block, List<String> words) throws IOException {
    PomFile root = PomFile.root();
    var profiles = new TreeSet<>(root.texts("/project/profiles/profile/id"));
    var modules = new TreeSet<>(root.texts("/project/modules/module"));
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith("-P")) {
        assertTrue(profiles.contains(word.substring(2)), block + ": no profile " + word);
      }
      if (word.equals("-pl")) {
        for (String module : words.get(i + 1).split(",")) {
          assertTrue(modules.contains(module), block + ": no module " + module);
        }
      }
    }
  }

  private static List<String> words(String command) {
    assertFalse(Stream.of("|", ">", "$", "`").anyMatch(command::contains), command);
    var words = new ArrayList<String>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      words.add(
          Stream.of(1, 2, 3).map(word::group).filter(g -> g != null).findFirst().orElseThrow());
    }
    return words;
  }
}

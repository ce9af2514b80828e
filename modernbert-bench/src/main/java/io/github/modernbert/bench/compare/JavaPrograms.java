package io.github.modernbert.bench.compare;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Commands that start JVMs as this one was started.
 *
 * @param home the folder of the module
 */
record JavaPrograms(Path home) {
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  /** A program of this build. */
  static List<String> of(Class<?> main) {
    return of(CLASS_PATH, main.getName());
  }

  /** A program of this build with no flags but these. */
  static List<String> plain(Class<?> main, List<String> flags) {
    var command = new ArrayList<String>();
    command.add(java());
    command.addAll(flags);
    command.addAll(List.of("-cp", CLASS_PATH, main.getName()));
    return command;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static List<String> of(String classPath, String main) {
    var command = new ArrayList<String>();
    command.add(java());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", classPath, main));
    return command;
  }

  /**
   * A program that needs ONNX Runtime: compiled here, since the build does without that.
   *
   * @throws PeerFailure if the artifact is missing, or the program does not fit it
   */
  List<String> withOnnxRuntime(String main) throws IOException {
    Path classes = home.resolve("target/peers/classes");
    String classPath = CLASS_PATH + File.pathSeparator + onnxRuntime();
    Path sources = home.resolve("src/main/peers");
    String source = sources.resolve(main + ".java").toString();
    var messages = new ByteArrayOutputStream();
    try (var out = new PrintStream(messages, true, StandardCharsets.UTF_8)) {
      int status =
          ToolProvider.findFirst("javac")
              .orElseThrow(() -> new PeerFailure("needs a JDK, this is a JRE"))
              .run(
                  out,
                  out,
                  "-d",
                  classes.toString(),
                  "-cp",
                  classPath,
                  // Without a path of its own the compiler takes sources from the class path, too.
                  "-sourcepath",
                  sources.toString(),
                  source);
      if (status != 0) {
        throw new PeerFailure(messages.toString(StandardCharsets.UTF_8));
      }
    }
    return of(classPath + File.pathSeparator + classes, main);
  }

  private Path onnxRuntime() throws IOException {
    Path jars = home.resolve("target/peers");
    if (Files.isDirectory(jars)) {
      try (Stream<Path> files = Files.list(jars)) {
        var jar = files.filter(f -> f.getFileName().toString().endsWith(".jar")).findFirst();
        if (jar.isPresent()) {
          return jar.get();
        }
      }
    }
    throw new PeerFailure("its artifact is not there: build with -Ppeers");
  }
}

package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.PeakRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Starts the processes of peers.
 *
 * @param home the folder of the module
 * @param folder the checkpoint
 */
record Launcher(CompareSettings settings, Path home, Path folder) {
  /**
   * Makes the files that peers read, unless they are there.
   *
   * @throws PeerFailure if they cannot be made
   */
  void export() throws IOException {
    if (Stream.of("onnx", "products", "openvino").map(folder::resolve).allMatch(Files::exists)) {
      return;
    }
    runScript("export", folder.toString());
  }

  /**
   * Makes the ONNX model alone, unless it is there.
   *
   * @throws PeerFailure if it cannot be made
   */
  void exportOnnx() throws IOException {
    if (!Files.exists(folder.resolve("onnx"))) {
      runScript("export", folder.toString(), "onnx");
    }
  }

  /** The command that runs a script of ours. */
  List<String> scriptCommand(String name, String... arguments) {
    var command = new ArrayList<>(List.of(python().toString(), script(name + ".py").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Runs a script of ours to its end.
   *
   * @param name without {@code .py}
   * @throws PeerFailure if it fails
   */
  void runScript(String name, String... arguments) throws IOException {
    var builder =
        new ProcessBuilder(scriptCommand(name, arguments))
            .redirectErrorStream(true)
            .redirectOutput(log(name).toFile());
    builder.environment().put("HF_HUB_OFFLINE", "1");
    try {
      int status = builder.start().waitFor();
      if (status != 0) {
        throw new PeerFailure("%s.py failed, see %s".formatted(name, log(name)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerFailure("interrupted");
    }
  }

  /**
   * Starts a runtime of Python and loads a model.
   *
   * @param runtime as {@code peer.py} calls it
   * @throws PeerFailure if it is not installed or does not take the model
   */
  Contestant startPython(String runtime, Path model, int threads) throws IOException {
    List<String> command = List.of(python().toString(), script("peer.py").toString());
    String log = runtime + "-" + model.getFileName();
    return new PeerProcess(command, log(log), runtime, model, threads);
  }

  /**
   * Starts a peer and loads the checkpoint.
   *
   * @throws PeerFailure if it is not installed or does not work
   */
  Contestant start(Peer peer, int threads) throws IOException {
    List<String> command =
        switch (peer.host()) {
          case PYTHON -> List.of(python().toString(), script("peer.py").toString());
          case JAVA -> new JavaPrograms(home).withOnnxRuntime("OnnxRuntimePeer");
          case OURS -> JavaPrograms.of(PeerServer.class);
        };
    String variant = peer.isOurs() ? settings.kernels() + " " + peer.variant() : peer.variant();
    return new PeerProcess(command, log(peer.title()), variant, folder, threads);
  }

  /**
   * Lets ONNX Runtime multiply matrices beside us.
   *
   * @throws PeerFailure if it is not installed or nothing was exported for it
   */
  ProductContest startProducts() throws IOException {
    Path products = folder.resolve("products");
    if (!Files.isDirectory(products)) {
      throw new PeerFailure("no products were exported for it");
    }
    List<String> command = new JavaPrograms(home).withOnnxRuntime("OnnxRuntimeProducts");
    return new ProductContest(settings.kernels(), command, log("products"), products);
  }

  /** The peak of a core, in floating-point operations a second, measured in a JVM of its own. */
  double peak() throws IOException {
    Process process =
        new ProcessBuilder(JavaPrograms.of(PeakRate.class))
            .redirectError(log("peak").toFile())
            .start();
    try (var answer = process.inputReader()) {
      String line = answer.readLine();
      if (line == null) {
        throw new IOException("the peak was not measured, see " + log("peak"));
      }
      return Double.parseDouble(line);
    }
  }

  /** This library in a fresh JVM with the flags of this one. */
  Contestant startOurs(int threads) throws IOException {
    return new PeerProcess(
        JavaPrograms.of(PeerServer.class), log("ours"), settings.kernels(), folder, threads);
  }

  private Path python() {
    if (settings.python() == null) {
      throw new PeerFailure("needs --python");
    }
    return settings.python();
  }

  private Path script(String name) {
    return home.resolve("src/main/python").resolve(name);
  }

  /** Where a process writes what it has to say. */
  Path log(String name) throws IOException {
    return Files.createDirectories(home.resolve("target/logs")).resolve(name + ".log");
  }
}

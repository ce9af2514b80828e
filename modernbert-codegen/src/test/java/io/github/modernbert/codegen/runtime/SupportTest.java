package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.kernels.KernelSelection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Reasons not to run machine code, which are said once and without a warning of the JVM. */
final class SupportTest {
  @Test
  void theSwitchForbidsIt() {
    System.setProperty(CodegenSupport.SWITCH, "false");
    try {
      var e =
          assertThrows(
              UnsupportedOperationException.class, () -> KernelSelection.select("codegen"));
      assertEquals(
          "the codegen kernels cannot run: the system property modernbert.codegen forbids it",
          e.getMessage());
    } finally {
      System.clearProperty(CodegenSupport.SWITCH);
    }
  }

  @Test
  void otherSystemsAreNamed() {
    String system = System.setProperty("os.name", "Plan 9");
    try {
      assertEquals(
          Optional.of(
              "it is for Linux on amd64 or aarch64, this is Plan 9 on "
                  + System.getProperty("os.arch")),
          CodegenSupport.obstacle());
    } finally {
      System.setProperty("os.name", system);
    }
  }

  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      architectures = {"amd64", "aarch64"})
  void deniedNativeAccessIsTheReasonAndTheJvmPrintsNothing()
      throws IOException, InterruptedException {
    List<String> lines = selected("--illegal-native-access=deny").lines().toList();
    String reason =
        "this JVM denies native access: start java with --enable-native-access=ALL-UNNAMED";
    assertEquals("Optional[%s]".formatted(reason), lines.getFirst());
    assertEquals("portable", lines.getLast());
    // The log of the selection: a line of time and class, and one that names every reason.
    assertEquals(4, lines.size(), lines.toString());
    assertEquals(
        "WARNING: Using portable kernels; the codegen kernels cannot run: "
            + reason
            + "; the vector kernels cannot run: start java with --add-modules=jdk.incubator.vector",
        lines.get(2));
  }

  @Test
  void theSwitchLetsTheJvmPrintNothing() throws IOException, InterruptedException {
    List<String> lines = selected("-D%s=false".formatted(CodegenSupport.SWITCH)).lines().toList();
    assertEquals("portable", lines.getLast());
    assertEquals(4, lines.size(), lines.toString());
  }

  /** All that a JVM with these flags prints when it runs {@link #main}. */
  static String selected(String... flags) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SupportTest.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /** Prints why there is no machine code, and which kernels are chosen then. */
  public static void main(String[] args) {
    System.out.println(CodegenSupport.obstacle());
    System.out.println(KernelSelection.select("auto").name());
  }
}

package io.github.modernbert.codegen.runtime;

import java.util.Optional;

/** Whether code can be generated and run here. */
public final class CodegenSupport {
  /** System property that forbids machine code of our own: {@code false}. */
  static final String SWITCH = "modernbert.codegen";

  /** System property that forces the width of vectors, in bits; for tests and measurements. */
  public static final String BITS_PROPERTY = "modernbert.codegen.bits";

  /** System property that leaves AMX unused: {@code false}; for tests and measurements. */
  static final String AMX_SWITCH = "modernbert.codegen.amx";

  private CodegenSupport() {}

  /** Why not and what to do about it, or empty if it can. Prints nothing and never throws. */
  public static Optional<String> obstacle() {
    if (System.getProperty(SWITCH, "").equals("false")) {
      return Optional.of("the system property %s forbids it".formatted(SWITCH));
    }
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    if (!system.equals("Linux") || !Architecture.NAMES.contains(architecture)) {
      return Optional.of(
          "it is for Linux on %s, this is %s on %s"
              .formatted(String.join(" or ", Architecture.NAMES), system, architecture));
    }
    // First of all that is restricted: without access the JVM would print a warning.
    Module module = CodegenSupport.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      return Optional.of("start java with --enable-native-access=" + name);
    }
    return Processor.OBSTACLE;
  }

  /** What code is generated for; only called when there is no obstacle. */
  public static Architecture architecture() {
    return Processor.ARCHITECTURE.orElseThrow();
  }

  /** Asked once, and only when native access is there. */
  private static final class Processor {
    static final Optional<Architecture> ARCHITECTURE;
    static final Optional<String> OBSTACLE;

    static {
      Optional<Architecture> architecture = Optional.empty();
      Optional<String> obstacle;
      try {
        architecture = Optional.of(Architecture.detect());
        obstacle = architecture.get().obstacle();
      } catch (UnsupportedOperationException e) {
        obstacle = Optional.of("the system refuses memory for code: " + e.getMessage());
      } catch (LinkageError e) {
        obstacle = Optional.of("this JVM cannot call the system: " + e);
      }
      ARCHITECTURE = architecture;
      OBSTACLE = obstacle;
    }
  }
}

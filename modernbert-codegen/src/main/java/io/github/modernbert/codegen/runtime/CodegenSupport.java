package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Whether code can be generated and run here. */
public final class CodegenSupport {
  /** System property that forbids generated machine code: {@code false}. */
  public static final String SWITCH = "modernbert.codegen";

  /** System property that forces the width of vectors, in bits; for tests and measurements. */
  public static final String BITS_PROPERTY = "modernbert.codegen.bits";

  /** System property that leaves AMX unused: {@code false}; for tests and measurements. */
  static final String AMX_SWITCH = "modernbert.codegen.amx";

  /** System property that leaves VNNI unused: {@code false}; for tests and measurements. */
  static final String VNNI_SWITCH = "modernbert.codegen.vnni";

  private CodegenSupport() {}

  /**
   * Says why no code can run here and what to do about it, or empty if it can. Once it is empty,
   * some code has been sealed in memory. Never throws. Where the application did not enable native
   * access and the JVM permits it all the same, the JVM prints a warning, once in its life.
   */
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
    if (isNativeAccessDenied()) {
      Module module = CodegenSupport.class.getModule();
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      return Optional.of(
          "this JVM denies native access: start java with --enable-native-access=" + name);
    }
    return Here.MACHINE.obstacle();
  }

  /**
   * Whether the JVM refuses restricted methods to this module, asked by calling one that does
   * nothing. {@link Module#isNativeAccessEnabled} does not tell: it is false as well where the JVM
   * would permit the first call with a warning, as JDK 25 does by default.
   */
  private static boolean isNativeAccessDenied() {
    try {
      MemorySegment.NULL.reinterpret(0);
      return false;
    } catch (IllegalCallerException e) {
      return true;
    }
  }

  /** The architecture that code is generated for; only called when there is no obstacle. */
  public static Architecture architecture() {
    return code().architecture();
  }

  /** The generated code; only called when there is no obstacle. */
  static NativeCode code() {
    return Here.MACHINE.code().orElseThrow();
  }

  /** The machine that runs this, asked once, and only where native access is not denied. */
  private static final class Here {
    static final Machine MACHINE = Machine.detect(ExecutableMemory::seal);
  }

  /** The code for a processor, or the reason why there is none. */
  record Machine(Optional<NativeCode> code, Optional<String> problem) {
    /** The reason why there is no code, or no more of it. */
    Optional<String> obstacle() {
      return problem.or(() -> code.flatMap(NativeCode::refusal));
    }

    /**
     * Asks the processor for its features, and whether code can be sealed.
     *
     * @param sealer is called now, and for each group of functions when it is wanted
     */
    static Machine detect(Sealer sealer) {
      try {
        Architecture architecture = Architecture.detect(sealer);
        Optional<String> obstacle = architecture.obstacle();
        return obstacle.isPresent()
            ? new Machine(Optional.empty(), obstacle)
            : new Machine(Optional.of(new NativeCode(architecture, sealer)), Optional.empty());
      } catch (UnsupportedOperationException e) {
        return without("the system refuses memory for code: " + e.getMessage());
      } catch (LinkageError e) {
        return without("this JVM cannot call the system: " + e);
      }
    }

    private static Machine without(String obstacle) {
      return new Machine(Optional.empty(), Optional.of(obstacle));
    }
  }
}

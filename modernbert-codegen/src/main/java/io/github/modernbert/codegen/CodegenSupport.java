package io.github.modernbert.codegen;

import java.util.Optional;

/** Whether code can be generated and run here. */
final class CodegenSupport {
  /** System property that forbids machine code of our own: {@code false}. */
  static final String SWITCH = "modernbert.codegen";

  /** System property that forces the width of vectors, in bits; for tests and measurements. */
  static final String BITS_PROPERTY = "modernbert.codegen.bits";

  private CodegenSupport() {}

  /** Why not and what to do about it, or empty if it can. Prints nothing and never throws. */
  static Optional<String> obstacle() {
    if (System.getProperty(SWITCH, "").equals("false")) {
      return Optional.of("the system property %s forbids it".formatted(SWITCH));
    }
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    if (!system.equals("Linux") || !architecture.equals("amd64")) {
      return Optional.of(
          "it is for Linux on amd64, this is %s on %s".formatted(system, architecture));
    }
    // First of all that is restricted: without access the JVM would print a warning.
    Module module = CodegenSupport.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      return Optional.of("start java with --enable-native-access=" + name);
    }
    return Processor.OBSTACLE;
  }

  /** The shape to use; only called when there is no obstacle. */
  static KernelShape shape() {
    return Processor.FEATURES.avx512() && bits() == 512 ? KernelShape.AVX512 : KernelShape.AVX2;
  }

  /** Whether there is code for products of integers; only called when there is no obstacle. */
  static boolean int8() {
    return Processor.FEATURES.vnni() && bits() == 512;
  }

  private static int bits() {
    return Integer.getInteger(BITS_PROPERTY, 512);
  }

  /** Asked once, and only when native access is there. */
  private static final class Processor {
    static final CpuFeatures FEATURES;
    static final Optional<String> OBSTACLE;

    static {
      CpuFeatures features = CpuFeatures.NONE;
      Optional<String> obstacle;
      try {
        features = CpuFeatures.detect();
        obstacle =
            features.avx2() || features.avx512()
                ? Optional.empty()
                : Optional.of("the processor has neither AVX2 with FMA nor AVX-512");
      } catch (UnsupportedOperationException e) {
        obstacle = Optional.of("the system refuses memory for code: " + e.getMessage());
      } catch (LinkageError e) {
        obstacle = Optional.of("this JVM cannot call the system: " + e);
      }
      FEATURES = features;
      OBSTACLE = obstacle;
    }
  }
}

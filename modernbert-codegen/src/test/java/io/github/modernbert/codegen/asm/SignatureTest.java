package io.github.modernbert.codegen.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class SignatureTest {
  private static final Signature MIXED =
      Signature.of("long mixed(address a, float f, long b,\n    float g, address c)");

  @Test
  void argumentsAreInTheOrderOfTheDeclaration() {
    assertEquals("mixed", MIXED.name());
    assertEquals(
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_FLOAT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_FLOAT,
            ValueLayout.ADDRESS),
        MIXED.descriptor());
    assertEquals(FunctionDescriptor.ofVoid(), Signature.of("void nothing()").descriptor());
  }

  @Test
  void floatsAreCountedApart() {
    assertEquals(0, MIXED.place("a"));
    assertEquals(1, MIXED.place("b"));
    assertEquals(2, MIXED.place("c"));
    assertEquals(0, MIXED.place("f"));
    assertEquals(1, MIXED.place("g"));
    assertThrows(IllegalArgumentException.class, () -> MIXED.place("d"));
  }

  @Test
  void otherTextsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Signature.of("void f(short a)"));
    assertThrows(IllegalArgumentException.class, () -> Signature.of("void f(long a"));
  }
}

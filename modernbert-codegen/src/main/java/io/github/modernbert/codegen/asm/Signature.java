package io.github.modernbert.codegen.asm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The declaration of a generated function. Callers pass its arguments in this order; where code
 * finds them, in registers and on the stack, follows from it as well.
 */
public record Signature(String name, Optional<ValueLayout> result, List<Argument> arguments) {
  private static final Pattern DECLARATION = Pattern.compile("\\s*(\\w+) (\\w+)\\(([^()]*)\\)\\s*");

  /** An argument of a function. */
  public record Argument(ValueLayout type, String name) {
    boolean isFloat() {
      return type.equals(ValueLayout.JAVA_FLOAT);
    }
  }

  /**
   * Reads a declaration.
   *
   * @param text such as {@code void pack(address source, long rows)}; types are {@code address},
   *     {@code long} and {@code float}, and {@code void} for no result
   * @throws IllegalArgumentException if the text is no declaration
   */
  public static Signature of(String text) {
    Matcher declaration = DECLARATION.matcher(text);
    if (!declaration.matches()) {
      throw new IllegalArgumentException("no declaration of a function: " + text);
    }
    var arguments = new ArrayList<Argument>();
    for (String argument : declaration.group(3).split(",")) {
      if (!argument.isBlank()) {
        String[] words = argument.strip().split("\\s+");
        arguments.add(new Argument(type(words[0]), words[1]));
      }
    }
    String result = declaration.group(1);
    return new Signature(
        declaration.group(2),
        result.equals("void") ? Optional.empty() : Optional.of(type(result)),
        List.copyOf(arguments));
  }

  private static ValueLayout type(String name) {
    return switch (name) {
      case "address" -> ValueLayout.ADDRESS;
      case "long" -> ValueLayout.JAVA_LONG;
      case "float" -> ValueLayout.JAVA_FLOAT;
      default -> throw new IllegalArgumentException("no type of arguments: " + name);
    };
  }

  /** A signature with the same arguments and result and another name. */
  public Signature named(String other) {
    return new Signature(other, result, arguments);
  }

  /**
   * The place of an argument, from 0, among those that are passed in registers of its kind: floats
   * on one side, numbers and addresses on the other.
   *
   * @throws IllegalArgumentException if there is no such argument
   */
  public int place(String argument) {
    int[] counts = new int[2];
    for (Argument a : arguments) {
      int kind = a.isFloat() ? 1 : 0;
      if (a.name.equals(argument)) {
        return counts[kind];
      }
      counts[kind]++;
    }
    throw new IllegalArgumentException("%s has no argument %s".formatted(name, argument));
  }

  /** The types for Java's linker. */
  public FunctionDescriptor descriptor() {
    MemoryLayout[] types = arguments.stream().map(Argument::type).toArray(MemoryLayout[]::new);
    return result
        .map(type -> FunctionDescriptor.of(type, types))
        .orElseGet(() -> FunctionDescriptor.ofVoid(types));
  }
}

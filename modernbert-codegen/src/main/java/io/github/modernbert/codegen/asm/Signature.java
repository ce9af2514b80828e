package io.github.modernbert.codegen.asm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The declaration of a function, generated or of the system. Callers pass its arguments in this
 * order; where code finds them, in registers and on the stack, follows from it as well.
 */
public record Signature(String name, Type result, List<Argument> arguments) {
  /** Types of arguments and results. */
  enum Type {
    VOID,
    ADDRESS,
    INT,
    LONG,
    FLOAT;

    private MemoryLayout layout() {
      return switch (this) {
        case VOID -> throw new IllegalStateException("void has no layout");
        case ADDRESS -> ValueLayout.ADDRESS;
        case INT -> ValueLayout.JAVA_INT;
        case LONG -> ValueLayout.JAVA_LONG;
        case FLOAT -> ValueLayout.JAVA_FLOAT;
      };
    }
  }

  /** An argument of a function. */
  record Argument(Type type, String name) {
    /** Reads a type and a name. */
    static Argument of(String text) {
      String declaration = text.strip();
      for (Type type : Type.values()) {
        String start = type.name() + " ";
        if (declaration.regionMatches(true, 0, start, 0, start.length())) {
          return new Argument(type, declaration.substring(start.length()));
        }
      }
      throw new IllegalArgumentException("not a type and a name: " + declaration);
    }
  }

  /**
   * Reads a declaration.
   *
   * @param text such as {@code void pack(address source, long rows)}; types are {@code address},
   *     {@code int}, {@code long} and {@code float}, and {@code void} for no result
   * @throws IllegalArgumentException if the text is no declaration
   */
  public static Signature of(String text) {
    int open = text.indexOf('(');
    int close = text.length() - 1;
    if (open < 0 || text.indexOf(')') != close) {
      throw new IllegalArgumentException("no declaration of a function: " + text);
    }
    var arguments = new ArrayList<Argument>();
    for (String argument : text.substring(open + 1, close).split(",")) {
      if (!argument.isEmpty()) {
        arguments.add(Argument.of(argument));
      }
    }
    Argument function = Argument.of(text.substring(0, open));
    return new Signature(function.name, function.type, arguments);
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
    int floats = 0;
    int others = 0;
    for (Argument a : arguments) {
      boolean isFloat = a.type == Type.FLOAT;
      if (a.name.equals(argument)) {
        return isFloat ? floats : others;
      }
      floats += isFloat ? 1 : 0;
      others += isFloat ? 0 : 1;
    }
    throw new IllegalArgumentException("%s has no argument %s".formatted(name, argument));
  }

  /**
   * Checks how many numbers and addresses are passed.
   *
   * @throws IllegalArgumentException if there are more or fewer of them
   */
  public void requireArguments(int count) {
    long declared = arguments.stream().filter(a -> a.type != Type.FLOAT).count();
    if (count != declared) {
      throw new IllegalArgumentException(
          "%s has %d arguments that are no floats, not %d".formatted(name, declared, count));
    }
  }

  /** The types for Java's linker. */
  public FunctionDescriptor descriptor() {
    var types = new MemoryLayout[arguments.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = arguments.get(i).type.layout();
    }
    return result == Type.VOID
        ? FunctionDescriptor.ofVoid(types)
        : FunctionDescriptor.of(result.layout(), types);
  }
}

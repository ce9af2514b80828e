package io.github.modernbert.cli.options;

import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reports wrong options, which end the program with exit code 2. */
public final class Usage {
  private Usage() {}

  public static ParameterException error(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** Makes a converter of a parser, whose message says what an option takes. */
  public static <T> ITypeConverter<T> converter(Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  /** The options with a value that was given, or as they are. */
  public static <O, T> O with(O options, Optional<T> value, BiFunction<O, T, O> set) {
    return value.isPresent() ? set.apply(options, value.get()) : options;
  }

  /** The result of a step that uses nothing but options, so what it refuses is wrong usage. */
  public static <T> T check(CommandSpec command, Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}

package io.github.modernbert.weights;

import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Removes the prefixes that wrappers of PyTorch add to the names of tensors when a wrapped model is
 * saved: {@code _orig_mod} where {@code torch.compile} was called, {@code module} where the whole
 * model was in {@code DataParallel} or one of its kind.
 */
final class WrapperNames {
  private static final String COMPILED = "_orig_mod.";
  private static final String PARALLEL = "module.";

  private WrapperNames() {}

  /** How the names of a checkpoint become those of the model. */
  static UnaryOperator<String> remover(Collection<String> names) {
    List<String> rest = names.stream().map(WrapperNames::withoutCompiled).toList();
    int wrappers = 0;
    while (!rest.isEmpty() && rest.stream().allMatch(name -> name.startsWith(PARALLEL))) {
      rest = rest.stream().map(name -> name.substring(PARALLEL.length())).toList();
      wrappers++;
    }
    int length = wrappers * PARALLEL.length();
    return name -> withoutCompiled(name).substring(length);
  }

  /** Any part of a model may be compiled, so the name may stand between others. */
  private static String withoutCompiled(String name) {
    if (!name.contains(COMPILED)) {
      return name;
    }
    String inner = name.replace("." + COMPILED, ".");
    return inner.startsWith(COMPILED) ? inner.substring(COMPILED.length()) : inner;
  }
}

package io.github.modernbert.weights;

import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Removes the prefixes that wrappers of PyTorch add to the names of tensors when a wrapped model is
 * saved: {@code _orig_mod} where {@code torch.compile} was called, {@code _fsdp_wrapped_module} and
 * {@code _checkpoint_wrapped_module} where parts were sharded or computed again in training, {@code
 * module} where the whole model was in {@code DataParallel} or one of its kind.
 */
final class WrapperNames {
  /** Those of wrappers that any part of a model may be in, so that names have them anywhere. */
  private static final List<String> OF_PARTS =
      List.of("_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.");

  private static final String PARALLEL = "module.";

  private WrapperNames() {}

  /** How the names of a checkpoint become those of the model. */
  static UnaryOperator<String> remover(Collection<String> names) {
    List<String> rest = names.stream().map(WrapperNames::withoutThoseOfParts).toList();
    int wrappers = 0;
    while (!rest.isEmpty() && rest.stream().allMatch(name -> name.startsWith(PARALLEL))) {
      rest = rest.stream().map(name -> name.substring(PARALLEL.length())).toList();
      wrappers++;
    }
    int length = wrappers * PARALLEL.length();
    return name -> withoutThoseOfParts(name).substring(length);
  }

  private static String withoutThoseOfParts(String name) {
    // A point before the name makes its beginning like any other place.
    String inner = "." + name;
    for (String wrapper : OF_PARTS) {
      while (inner.contains("." + wrapper)) {
        inner = inner.replace("." + wrapper, ".");
      }
    }
    return inner.substring(1);
  }
}

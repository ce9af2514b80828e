package io.github.modernbert.weights.pytorch;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.pytorch.PickleValue.Dict;
import io.github.modernbert.weights.pytorch.PickleValue.Dtype;
import io.github.modernbert.weights.pytorch.PickleValue.Function;
import io.github.modernbert.weights.pytorch.PickleValue.Int;
import io.github.modernbert.weights.pytorch.PickleValue.None;
import io.github.modernbert.weights.pytorch.PickleValue.Sequence;
import io.github.modernbert.weights.pytorch.PickleValue.Storage;
import io.github.modernbert.weights.pytorch.PickleValue.StorageClass;
import io.github.modernbert.weights.pytorch.PickleValue.Tensor;
import io.github.modernbert.weights.pytorch.PickleValue.Text;
import io.github.modernbert.weights.pytorch.PickleValue.Tuple;
import java.util.List;
import java.util.Optional;

/** The functions and classes of Python that the pickle of a state dict may name. */
final class TorchFunctions {
  private static final List<String> STORAGE_MODULES = List.of("torch.storage.", "torch.");
  private static final String UNTYPED = "UntypedStorage";

  private TorchFunctions() {}

  /**
   * The value that a path such as {@code torch.FloatStorage} stands for.
   *
   * @throws ModelFileException if it is none of the functions that make tensors
   */
  static PickleValue named(String path, FileBytes bytes) {
    Optional<Function> function = Function.named(path);
    if (function.isPresent()) {
      return function.get();
    }
    for (String module : STORAGE_MODULES) {
      if (path.startsWith(module)) {
        String name = path.substring(module.length());
        Optional<TorchDtype> stored = TorchDtype.ofStorage(name);
        if (stored.isPresent() || name.equals(UNTYPED)) {
          return new StorageClass(stored);
        }
        Optional<TorchDtype> dtype = TorchDtype.named(name);
        if (dtype.isPresent()) {
          return new Dtype(dtype.get());
        }
        if (name.endsWith("Storage")) {
          throw bytes.error(
              "holds a %s, expected storages of %s".formatted(path, TorchDtype.names()));
        }
      }
    }
    throw bytes.error(
        "its pickle names '%s', which tensors do not need: refused"
            .formatted(path.length() <= 100 ? path : path.substring(0, 97) + "..."));
  }

  /**
   * The result of a call.
   *
   * @throws ModelFileException if the function does not take such arguments
   */
  static PickleValue call(PickleValue callee, PickleValue arguments, FileBytes bytes) {
    if (!(callee instanceof Function function) || !(arguments instanceof Tuple tuple)) {
      throw bytes.error(
          "its pickle calls %s with %s: refused".formatted(callee.kind(), arguments.kind()));
    }
    var call = new Call(function, tuple.items(), bytes);
    return switch (function) {
      case ORDERED_DICT -> call.orderedDict();
      case SIZE -> call.value(0);
      case PARAMETER, REBUILD_PARAMETER -> call.tensor();
      case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> call.rebuild(call.storage().dtype());
      case REBUILD_TENSOR_V3 -> call.rebuild(Optional.of(call.dtype()));
    };
  }

  /**
   * The storage that a persistent id describes: {@code ('storage', class, key, device, elements)}.
   * Old files say with a sixth value whether it is a view of another storage.
   */
  static Storage storage(PickleValue id, FileBytes bytes) {
    if (id instanceof Tuple(List<PickleValue> items)
        && (items.size() == 5 || items.size() == 6 && items.get(5) instanceof None)
        && items.getFirst().equals(new Text("storage"))
        && items.get(1) instanceof StorageClass(Optional<TorchDtype> dtype)
        && items.get(2) instanceof Text(String key)
        && items.get(4) instanceof Int(long elements)) {
      return new Storage(dtype, key, elements);
    }
    throw bytes.error("its pickle refers to " + id.kind() + " outside, expected a storage");
  }

  /** The arguments of a call, each checked when it is taken. */
  private record Call(Function function, List<PickleValue> arguments, FileBytes bytes) {
    PickleValue value(int index) {
      if (index >= arguments.size()) {
        throw error("has " + arguments.size() + " arguments, expected more");
      }
      return arguments.get(index);
    }

    Dict orderedDict() {
      // Dictionaries are made empty and filled later; old versions of Python pass an empty list.
      if (!arguments.isEmpty()
          && !(value(0) instanceof Sequence(List<PickleValue> items) && items.isEmpty())) {
        throw error("has arguments, expected an empty dictionary");
      }
      return new Dict();
    }

    Storage storage() {
      if (value(0) instanceof Storage storage) {
        return storage;
      }
      throw error("takes " + value(0).kind() + ", expected a storage");
    }

    Tensor tensor() {
      if (value(0) instanceof Tensor tensor) {
        return tensor;
      }
      throw error("takes " + value(0).kind() + ", expected a tensor");
    }

    TorchDtype dtype() {
      if (value(6) instanceof Dtype(TorchDtype dtype)) {
        return dtype;
      }
      throw error("takes " + value(6).kind() + ", expected a dtype");
    }

    Tensor rebuild(Optional<TorchDtype> dtype) {
      long offset = value(1) instanceof Int(long value) ? value : -1;
      return new Tensor(
          storage(),
          dtype.orElseThrow(() -> error("has a storage of bytes without a dtype")),
          offset,
          integers(2),
          integers(3));
    }

    private long[] integers(int index) {
      if (value(index) instanceof Tuple(List<PickleValue> items)
          && items.stream().allMatch(Int.class::isInstance)) {
        return items.stream().mapToLong(item -> ((Int) item).value()).toArray();
      }
      throw error("takes " + value(index).kind() + ", expected a tuple of integers");
    }

    private ModelFileException error(String problem) {
      return bytes.error("its pickle: call of " + function.kind() + " " + problem);
    }
  }
}

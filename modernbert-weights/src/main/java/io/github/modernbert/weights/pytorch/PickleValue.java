package io.github.modernbert.weights.pytorch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value that the pickle of a state dict can hold. */
sealed interface PickleValue {
  /** The kind of value, for messages. */
  default String kind() {
    return switch (this) {
      case None _ -> "None";
      case Bool _ -> "a boolean";
      case Int number -> "the integer " + number.value;
      case Real _ -> "a float";
      case Text _ -> "a string";
      case Tuple tuple -> "a tuple of " + tuple.items.size();
      case Sequence _ -> "a list";
      case Dict _ -> "a dictionary";
      case Function function -> "the function " + function.path;
      case StorageClass _ -> "a class of storages";
      case Dtype _ -> "a dtype";
      case Storage _ -> "a storage";
      case Tensor _ -> "a tensor";
    };
  }

  /** {@code None}. */
  record None() implements PickleValue {}

  /** {@code True} or {@code False}. */
  record Bool(boolean value) implements PickleValue {}

  /** An integer of at most 64 bits. */
  record Int(long value) implements PickleValue {}

  /** A floating-point number, of which nothing here needs the value. */
  record Real() implements PickleValue {}

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** A tuple. */
  record Tuple(List<PickleValue> items) implements PickleValue {}

  /** A list; may hold itself. */
  record Sequence(List<PickleValue> items) implements PickleValue {
    Sequence() {
      this(new ArrayList<>());
    }
  }

  /** A dictionary of names; may hold itself. */
  record Dict(Map<String, PickleValue> members) implements PickleValue {
    Dict() {
      this(new LinkedHashMap<>());
    }
  }

  /** A function that makes one of the other values. */
  enum Function implements PickleValue {
    ORDERED_DICT("collections.OrderedDict"),
    SIZE("torch.Size"),
    PARAMETER("torch.nn.parameter.Parameter"),
    REBUILD_PARAMETER("torch._utils._rebuild_parameter"),
    REBUILD_TENSOR("torch._utils._rebuild_tensor"),
    REBUILD_TENSOR_V2("torch._utils._rebuild_tensor_v2"),
    REBUILD_TENSOR_V3("torch._utils._rebuild_tensor_v3");

    private final String path;

    Function(String path) {
      this.path = path;
    }

    static Optional<Function> named(String path) {
      for (Function function : values()) {
        if (function.path.equals(path)) {
          return Optional.of(function);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * The class of a storage.
   *
   * @param dtype empty for one of bytes, whose tensors have types of their own
   */
  record StorageClass(Optional<TorchDtype> dtype) implements PickleValue {}

  /** A {@code torch.dtype}. */
  record Dtype(TorchDtype dtype) implements PickleValue {}

  /**
   * A storage: the memory of one or several tensors.
   *
   * @param dtype empty for one of bytes
   * @param key its name within the file
   * @param elements how many there are; bytes if there is no dtype
   */
  record Storage(Optional<TorchDtype> dtype, String key, long elements) implements PickleValue {}

  /** A view of a storage, not checked yet against its size. */
  record Tensor(Storage storage, TorchDtype dtype, long offset, long[] shape, long[] strides)
      implements PickleValue {}
}

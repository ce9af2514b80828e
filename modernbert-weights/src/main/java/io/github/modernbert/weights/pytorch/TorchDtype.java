package io.github.modernbert.weights.pytorch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The element types of tensors in files of PyTorch, by the names that their pickles use. */
public enum TorchDtype {
  FLOAT32(4, "FloatStorage", "float32"),
  FLOAT64(8, "DoubleStorage", "float64"),
  FLOAT16(2, "HalfStorage", "float16"),
  BFLOAT16(2, "BFloat16Storage", "bfloat16"),
  INT8(1, "CharStorage", "int8"),
  UINT8(1, "ByteStorage", "uint8"),
  INT16(2, "ShortStorage", "int16"),
  INT32(4, "IntStorage", "int32"),
  INT64(8, "LongStorage", "int64"),
  BOOL(1, "BoolStorage", "bool"),
  COMPLEX64(8, "ComplexFloatStorage", "complex64"),
  UINT16(2, "", "uint16"),
  UINT32(4, "", "uint32"),
  UINT64(8, "", "uint64"),
  FLOAT8_E4M3FN(1, "", "float8_e4m3fn"),
  FLOAT8_E5M2(1, "", "float8_e5m2");

  private final int bytes;
  private final String storageClass;
  private final String torchName;

  TorchDtype(int bytes, String storageClass, String torchName) {
    this.bytes = bytes;
    this.storageClass = storageClass;
    this.torchName = torchName;
  }

  /** The size of an element. */
  public int bytes() {
    return bytes;
  }

  /** The type of the elements of a storage class, such as {@code HalfStorage}. */
  static Optional<TorchDtype> ofStorage(String storageClass) {
    return Arrays.stream(values())
        .filter(dtype -> !storageClass.isEmpty() && dtype.storageClass.equals(storageClass))
        .findAny();
  }

  /** The type of a name of the module {@code torch}, such as {@code float16}. */
  static Optional<TorchDtype> named(String torchName) {
    return Arrays.stream(values()).filter(dtype -> dtype.torchName.equals(torchName)).findAny();
  }

  /** The names of all types as in {@code torch}. */
  static List<String> names() {
    return Arrays.stream(values()).map(dtype -> dtype.torchName).toList();
  }
}

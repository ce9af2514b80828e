package io.github.modernbert.weights.pytorch;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.weights.pytorch.PickleValue.Dict;
import io.github.modernbert.weights.pytorch.PickleValue.Sequence;
import io.github.modernbert.weights.pytorch.PickleValue.Storage;
import io.github.modernbert.weights.pytorch.PickleValue.Tensor;
import io.github.modernbert.weights.pytorch.PickleValue.Text;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A file that {@code torch.save} made of a dictionary of tensors, in its present format, a zip
 * archive, or in the one before version 1.6, a row of pickles followed by the storages.
 */
public final class TorchFile {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] LEGACY = {
    (byte) 0x80,
    2,
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19,
    '.'
  };
  private static final int LEGACY_PROTOCOL = 1001;
  private static final String PICKLE = "/data.pkl";
  private static final long MAX_PICKLE_BYTES = 1 << 24;

  private final FileBytes bytes;
  private final Map<String, MemorySegment> storages = new HashMap<>();

  private TorchFile(FileBytes bytes) {
    this.bytes = bytes;
  }

  /**
   * Whether a file that begins so is one of PyTorch.
   *
   * @param beginning its first bytes, at least 16 if it has so many
   */
  public static boolean isTorch(byte[] beginning) {
    // A safetensors file may begin with the same four bytes, the length of its header, before '{'.
    return startsWith(beginning, ZIP) && (beginning.length < 9 || beginning[8] != '{')
        || startsWith(beginning, LEGACY);
  }

  private static boolean startsWith(byte[] bytes, byte[] beginning) {
    if (bytes.length < beginning.length) {
      return false;
    }
    for (int i = 0; i < beginning.length; i++) {
      if (bytes[i] != beginning[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads the tensors of a file.
   *
   * @param arena how long the file stays mapped
   * @return in the order of the dictionary
   * @throws ModelFileException if the file cannot be read, is damaged, or holds more than tensors
   */
  public static List<TorchTensor> read(Path path, Arena arena) {
    try (var channel = RegularFiles.openChannel(path)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new TorchFile(new FileBytes(path.toString(), mapped)).tensors();
    } catch (IOException e) {
      throw RegularFiles.unreadable(path, e);
    } catch (InternalError e) {
      // How the JVM reports pages of a mapping that the file no longer has.
      throw new ModelFileException(path, "was shortened while it was read", e);
    }
  }

  private List<TorchTensor> tensors() {
    boolean legacy = bytes.size() >= LEGACY.length && bytes.uint8(0) == 0x80;
    PickleValue value = legacy ? readLegacy() : readArchive();
    if (!(value instanceof Dict(Map<String, PickleValue> members))) {
      throw bytes.error("holds " + value.kind() + ", expected a dictionary of tensors");
    }
    List<TorchTensor> tensors = new ArrayList<>();
    members.forEach((name, member) -> {
      if (!(member instanceof Tensor tensor)) {
        throw bytes.error(
            "'%s' is %s, expected a tensor: this is no state dict%s"
                .formatted(
                    name,
                    member.kind(),
                    member instanceof Dict ? ", but that may be one; save it alone" : ""));
      }
      tensors.add(TorchTensor.of(name, tensor, storage(tensor.storage()), bytes));
    });
    return List.copyOf(tensors);
  }

  /** The bytes of a storage, which the file must have in the size that its pickle gives. */
  private MemorySegment storage(Storage storage) {
    MemorySegment data = storages.get(storage.key());
    if (data == null) {
      throw bytes.error("storage '" + storage.key() + "' is missing");
    }
    long size = byteSize(storage);
    if (data.byteSize() != size) {
      throw bytes.error(
          "storage '%s' has %s bytes, its pickle says %s"
              .formatted(storage.key(), data.byteSize(), size));
    }
    return data;
  }

  private long byteSize(Storage storage) {
    long elementBytes = storage.dtype().map(TorchDtype::bytes).orElse(1);
    if (storage.elements() < 0 || storage.elements() > Long.MAX_VALUE / elementBytes) {
      throw bytes.error(
          "storage '%s' has %s elements".formatted(storage.key(), storage.elements()));
    }
    return storage.elements() * elementBytes;
  }

  private PickleValue readArchive() {
    Map<String, MemorySegment> entries = ZipDirectory.read(bytes);
    List<String> pickles = entries.keySet().stream().filter(name -> name.endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw bytes.error(
          "is a zip archive with the pickles %s, expected one, data.pkl, as torch.save writes"
              .formatted(pickles));
    }
    String pickle = pickles.getFirst();
    String root = pickle.substring(0, pickle.length() - PICKLE.length());
    if (entries.containsKey(root + "/constants.pkl")) {
      throw bytes.error("is a program of TorchScript, expected a dictionary of tensors");
    }
    MemorySegment order = entries.get(root + "/byteorder");
    if (order != null && !text(order).equals("little")) {
      throw bytes.error("byteorder: expected little");
    }
    String data = root + "/data/";
    entries.forEach((name, content) -> {
      if (name.startsWith(data)) {
        storages.put(name.substring(data.length()), content);
      }
    });
    MemorySegment program = Objects.requireNonNull(entries.get(pickle));
    requirePickleSize(program.byteSize());
    return new Unpickler(new FileBytes(bytes.file(), program), 0).read();
  }

  private void requirePickleSize(long size) {
    if (size > MAX_PICKLE_BYTES) {
      throw bytes.error(
          "its pickle has %s bytes, expected at most %s".formatted(size, MAX_PICKLE_BYTES));
    }
  }

  private String text(MemorySegment content) {
    return new FileBytes(bytes.file(), content)
        .text(0, Math.min(content.byteSize(), 16), StandardCharsets.US_ASCII);
  }

  /**
   * Four pickles (magic number, protocol, system, dictionary), a fifth with the keys of the
   * storages, then each storage: the number of its elements in 8 bytes, and the elements.
   */
  private PickleValue readLegacy() {
    FileBytes pickles =
        new FileBytes(bytes.file(), bytes.slice(0, Math.min(bytes.size(), MAX_PICKLE_BYTES)));
    var protocol = new Unpickler(pickles, LEGACY.length);
    if (!protocol.read().equals(new PickleValue.Int(LEGACY_PROTOCOL))) {
      throw bytes.error("is of another protocol than " + LEGACY_PROTOCOL);
    }
    var system = new Unpickler(pickles, protocol.position());
    if (!(system.read() instanceof Dict(Map<String, PickleValue> members))
        || !new PickleValue.Bool(true).equals(members.get("little_endian"))) {
      throw bytes.error("expected numbers that are little endian");
    }
    var stateDict = new Unpickler(pickles, system.position());
    PickleValue value = stateDict.read();
    var keys = new Unpickler(pickles, stateDict.position());
    if (!(keys.read() instanceof Sequence(List<PickleValue> items))) {
      throw bytes.error("expected the keys of its storages");
    }
    readStorages(items, keys.position(), described(value));
    return value;
  }

  /** The storages of a dictionary's tensors by key. */
  private static Map<String, Storage> described(PickleValue value) {
    Map<String, Storage> described = new LinkedHashMap<>();
    if (value instanceof Dict(Map<String, PickleValue> members)) {
      for (PickleValue member : members.values()) {
        if (member instanceof Tensor tensor) {
          described.put(tensor.storage().key(), tensor.storage());
        }
      }
    }
    return described;
  }

  private void readStorages(List<PickleValue> keys, long begin, Map<String, Storage> described) {
    long at = begin;
    for (PickleValue key : keys) {
      Storage storage = key instanceof Text(String text) ? described.get(text) : null;
      if (storage == null) {
        throw bytes.error("holds a storage that no tensor of its dictionary has");
      }
      long elements = bytes.int64(at);
      if (elements != storage.elements()) {
        throw bytes.error(
            "storage '%s' has %s elements, its pickle says %s"
                .formatted(storage.key(), elements, storage.elements()));
      }
      long size = byteSize(storage);
      storages.put(storage.key(), bytes.slice(at + Long.BYTES, size));
      at += Long.BYTES + size;
    }
  }
}

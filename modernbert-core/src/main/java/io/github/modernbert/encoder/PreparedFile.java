package io.github.modernbert.encoder;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.kernels.WorkerPool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A file with the packed weights of a model as they lie in memory, mapped read-only, so that
 * processes share its pages.
 *
 * <p>The name of a file is made of the checksums of its identity, a text that tells the model, the
 * format and the layout of the weights; so whatever differs in one of them has a file of its own. A
 * file has a header, an index (the identity, checksums, and where each segment lies) and the
 * segments. Nothing of it is believed before it has been checked: that its identity is the one that
 * is wanted, character by character, and by CRC-32C that neither the index nor the segments were
 * damaged, the latter in pieces of 16 MB, which threads check side by side. Checksums find damage,
 * not forgery: who may write to the folder could give a forged file its checksums, whatever they
 * are. CRC-32C has an instruction on most processors, which the JVM uses from the first call on.
 *
 * <p>A file is written beside its place and moved there in one step, so readers see all of it or
 * none, and of several writers the last one wins with the same bytes.
 */
final class PreparedFile {
  /** Changes with the layout of the file or of what it holds. */
  static final int VERSION = 2;

  private static final long MAGIC = 0x4d42_5745_4947_4854L; // MBWEIGHT
  private static final int HEADER_BYTES = 64;
  private static final int LARGEST_INDEX = 64 << 20;
  private static final int SEGMENT_ALIGNMENT = 64;
  private static final int DATA_ALIGNMENT = 4096;
  private static final int PIECE = 16 << 20;

  private final MemorySegment all;
  private final Map<String, Place> places;

  private PreparedFile(MemorySegment all, Map<String, Place> places) {
    this.all = all;
    this.places = places;
  }

  /** Where a segment lies in the file. */
  private record Place(long offset, long size) {}

  /**
   * A file that is not what it should be; nobody's fault that a caller could do something about.
   */
  static final class DamagedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DamagedException(String problem) {
      super(problem);
    }
  }

  /** Where the file of an identity is. */
  static Path path(Path folder, String identity) {
    byte[] utf8 = identity.getBytes(StandardCharsets.UTF_8);
    var other = new CRC32();
    other.update(utf8);
    HexFormat hex = HexFormat.of();
    return folder.resolve(
        hex.toHexDigits(checksum(utf8)) + hex.toHexDigits((int) other.getValue()) + ".weights");
  }

  /**
   * Opens a file, if it is there and sound. A damaged one is logged as a warning.
   *
   * @param arena maps it
   * @param pool checks it
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  static Optional<PreparedFile> find(
      Path file, String identity, CountingArena arena, WorkerPool pool) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = RegularFiles.openChannel(file)) {
      return Optional.of(open(channel, identity, arena, pool));
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(file, e);
    } catch (IOException | ModelFileException | DamagedException e) {
      warn(file + " is not used and made again: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static PreparedFile open(
      FileChannel channel, String identity, CountingArena arena, WorkerPool pool)
      throws IOException {
    long size = channel.size();
    ByteBuffer header = read(channel, 0, HEADER_BYTES);
    require(header.getLong() == MAGIC, "it does not begin like one");
    require(header.getInt() == VERSION, "it is of another version");
    int indexBytes = header.getInt();
    require(header.getLong() == size, "it has another length than it says");
    require(indexBytes >= 0 && indexBytes <= LARGEST_INDEX, "its index has a wrong length");
    int checksum = header.getInt();
    byte[] index = read(channel, HEADER_BYTES, indexBytes).array();
    require(checksum == checksum(index), "its index is damaged");
    var in = new DataInputStream(new ByteArrayInputStream(index));
    require(text(in).equals(identity), "it is of another model");
    long begin = dataBegin(indexBytes);
    require(begin <= size, "it is cut off");
    int count = in.readInt();
    require(count == pieces(size - begin), "it has another number of checksums");
    var sums = new int[count];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = in.readInt();
    }
    var places = new HashMap<String, Place>();
    for (int i = in.readInt(); i > 0; i--) {
      String name = text(in);
      var place = new Place(in.readLong(), in.readLong());
      require(
          place.offset >= begin
              && place.offset % SEGMENT_ALIGNMENT == 0
              && place.size >= 0
              && place.size <= size - place.offset,
          "a segment is not in it");
      places.put(name, place);
    }
    MemorySegment all = arena.map(channel, size);
    var damaged = new boolean[sums.length];
    pool.run(
        sums.length,
        i -> {
          long from = begin + (long) i * PIECE;
          var sum = new CRC32C();
          sum.update(all.asSlice(from, Math.min(PIECE, size - from)).asByteBuffer());
          damaged[i] = (int) sum.getValue() != sums[i];
        });
    for (boolean piece : damaged) {
      require(!piece, "its weights are damaged");
    }
    return new PreparedFile(all, places);
  }

  private static void require(boolean sound, String problem) {
    if (!sound) {
      throw new DamagedException(problem);
    }
  }

  private static ByteBuffer read(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new DamagedException("it is cut off");
      }
    }
    return bytes.flip();
  }

  /**
   * A segment of the file.
   *
   * @throws DamagedException if it has none of that name and size
   */
  MemorySegment segment(String name, long size) {
    Place place = places.get(name);
    if (place == null || place.size != size) {
      throw new DamagedException("it has no " + name + " of " + size + " bytes");
    }
    return all.asSlice(place.offset, size);
  }

  /**
   * Writes a file and moves it to its place.
   *
   * @param file where it shall be; its folder is made if it is not there
   * @throws IOException if it cannot be written; nothing is left of it then
   */
  static void write(Path file, String identity, SortedMap<String, MemorySegment> segments)
      throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    Path temporary =
        folder.resolve(
            String.format(
                Locale.ROOT,
                "%s.%d-%x.tmp",
                file.getFileName(),
                ProcessHandle.current().pid(),
                System.nanoTime()));
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        new Writer(channel, identity, segments).write();
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes one file from its beginning to its end, and the index at last. */
  private static final class Writer {
    private final FileChannel channel;
    private final String identity;
    private final SortedMap<String, MemorySegment> segments;
    private final List<Integer> sums = new ArrayList<>();
    private final CRC32C sum = new CRC32C();
    private int summed;
    private long at;

    Writer(FileChannel channel, String identity, SortedMap<String, MemorySegment> segments) {
      this.channel = channel;
      this.identity = identity;
      this.segments = segments;
    }

    void write() throws IOException {
      var places = new TreeMap<String, Place>();
      segments.forEach((name, segment) -> places.put(name, new Place(0, segment.byteSize())));
      long bytes = segments.values().stream().mapToLong(s -> aligned(s.byteSize())).sum();
      int count = pieces(bytes);
      long begin = dataBegin(index(new int[count], places).length);
      at = begin;
      for (var entry : segments.entrySet()) {
        MemorySegment segment = entry.getValue();
        places.put(entry.getKey(), new Place(at, segment.byteSize()));
        for (long from = 0; from < segment.byteSize(); from += PIECE) {
          append(segment.asSlice(from, Math.min(PIECE, segment.byteSize() - from)).asByteBuffer());
        }
        append(ByteBuffer.allocate((int) (aligned(segment.byteSize()) - segment.byteSize())));
      }
      if (summed > 0) {
        sums.add((int) sum.getValue());
      }
      byte[] index = index(sums.stream().mapToInt(Integer::intValue).toArray(), places);
      ByteBuffer beginning = ByteBuffer.allocate((int) begin);
      beginning.putLong(MAGIC).putInt(VERSION).putInt(index.length).putLong(at);
      beginning.putInt(checksum(index)).position(HEADER_BYTES).put(index).position(0);
      long end = at;
      for (at = 0; beginning.hasRemaining(); ) {
        at += channel.write(beginning, at);
      }
      at = end;
      channel.force(false);
    }

    private byte[] index(int[] checksums, SortedMap<String, Place> places) throws IOException {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      text(identity, out);
      out.writeInt(checksums.length);
      for (int checksum : checksums) {
        out.writeInt(checksum);
      }
      out.writeInt(places.size());
      for (var entry : places.entrySet()) {
        text(entry.getKey(), out);
        out.writeLong(entry.getValue().offset);
        out.writeLong(entry.getValue().size);
      }
      return bytes.toByteArray();
    }

    private void append(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        int some = Math.min(bytes.remaining(), PIECE - summed);
        sum.update(bytes.slice(bytes.position(), some));
        summed += some;
        if (summed == PIECE) {
          sums.add((int) sum.getValue());
          sum.reset();
          summed = 0;
        }
        int end = bytes.position() + some;
        while (bytes.position() < end) {
          at += channel.write(bytes.slice(bytes.position(), end - bytes.position()), at);
          bytes.position(end);
        }
      }
    }
  }

  private static void text(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    require(length >= 0 && length <= in.available(), "its index is damaged");
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, SEGMENT_ALIGNMENT) * SEGMENT_ALIGNMENT;
  }

  private static long dataBegin(long indexBytes) {
    return Math.ceilDiv(HEADER_BYTES + indexBytes, DATA_ALIGNMENT) * DATA_ALIGNMENT;
  }

  private static int pieces(long bytes) {
    return Math.toIntExact(Math.ceilDiv(bytes, PIECE));
  }

  private static int checksum(byte[] bytes) {
    var sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }

  static void warn(String problem) {
    System.getLogger(PreparedFile.class.getName()).log(System.Logger.Level.WARNING, problem);
  }
}

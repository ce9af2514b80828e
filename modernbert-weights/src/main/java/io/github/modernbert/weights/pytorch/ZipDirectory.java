package io.github.modernbert.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of a zip archive that are stored as they are, found through the directory at its end,
 * in the plain layout or that of zip64 (.ZIP File Format Specification 6.3.10). The classes of
 * {@code java.util.zip} do not tell where an entry lies in the file, so that it can be mapped.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int ZIP64_LOCATOR = 0x07064b50;
  private static final int ZIP64_LOCATOR_BYTES = 20;
  private static final int ZIP64_END = 0x06064b50;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final int ENCRYPTED = 1;
  private static final long IN_EXTRA = 0xffff_ffffL;
  private static final int MAX_ENTRIES = 1 << 17;

  private final FileBytes bytes;
  private final Map<String, MemorySegment> entries = new LinkedHashMap<>();

  private ZipDirectory(FileBytes bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads the directory of an archive.
   *
   * @return the contents by name, in the order of the directory
   * @throws io.github.modernbert.files.ModelFileException if the archive is damaged, or an entry is
   *     compressed or encrypted
   */
  static Map<String, MemorySegment> read(FileBytes bytes) {
    var directory = new ZipDirectory(bytes);
    directory.read();
    return Collections.unmodifiableMap(directory.entries);
  }

  private void read() {
    long end = end();
    long count = bytes.uint16(end + 10);
    long begin = bytes.uint32(end + 16);
    long locator = end - ZIP64_LOCATOR_BYTES;
    if (locator >= 0 && bytes.int32(locator) == ZIP64_LOCATOR) {
      long end64 = bytes.int64(locator + 8);
      if (bytes.int32(end64) != ZIP64_END) {
        throw damaged("no zip64 directory at byte " + Long.toUnsignedString(end64));
      }
      count = bytes.int64(end64 + 32);
      begin = bytes.int64(end64 + 48);
    }
    if (count < 0 || count > MAX_ENTRIES) {
      throw damaged(
          "%s entries, expected at most %s".formatted(Long.toUnsignedString(count), MAX_ENTRIES));
    }
    long at = begin;
    for (long i = 0; i < count; i++) {
      at = entry(at);
    }
  }

  /** The position of the record at the end, which only a comment may follow. */
  private long end() {
    long last = bytes.size() - END_BYTES;
    for (long at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
      if (bytes.int32(at) == END && bytes.uint16(at + 20) == last - at) {
        return at;
      }
    }
    throw damaged("no directory at its end: it was probably not copied whole");
  }

  /** Reads the entry of the directory at a position, and returns the position of the next one. */
  private long entry(long at) {
    if (bytes.int32(at) != ENTRY) {
      throw damaged("no entry of its directory at byte " + at);
    }
    int nameLength = bytes.uint16(at + 28);
    int extraLength = bytes.uint16(at + 30);
    String name = bytes.text(at + ENTRY_BYTES, nameLength, StandardCharsets.UTF_8);
    if (bytes.uint16(at + 10) != 0) {
      throw bytes.error(
          "entry '" + name + "' is compressed; torch.save stores entries as they are");
    }
    if ((bytes.uint16(at + 8) & ENCRYPTED) != 0) {
      throw bytes.error("entry '" + name + "' is encrypted");
    }
    var fields = new Extra(at + ENTRY_BYTES + nameLength, extraLength);
    long size = fields.resolve(bytes.uint32(at + 24));
    long stored = fields.resolve(bytes.uint32(at + 20));
    long local = fields.resolve(bytes.uint32(at + 42));
    if (size != stored) {
      throw damaged("entry '" + name + "' has two sizes");
    }
    if (bytes.int32(local) != LOCAL) {
      throw damaged("no header of entry '" + name + "' at byte " + Long.toUnsignedString(local));
    }
    long data = local + LOCAL_BYTES + bytes.uint16(local + 26) + bytes.uint16(local + 28);
    if (entries.put(name, bytes.slice(data, size)) != null) {
      throw damaged("two entries are called '" + name + "'");
    }
    return at + ENTRY_BYTES + nameLength + extraLength + bytes.uint16(at + 32);
  }

  private RuntimeException damaged(String problem) {
    return bytes.error("damaged zip archive: " + problem);
  }

  /** The zip64 field of an entry: the values that did not fit, in their order. */
  private final class Extra {
    private long next;
    private long end;

    Extra(long begin, int length) {
      for (long at = begin; at + 4 <= begin + length; at += 4 + bytes.uint16(at + 2)) {
        if (bytes.uint16(at) == ZIP64_EXTRA) {
          next = at + 4;
          end = Math.min(next + bytes.uint16(at + 2), begin + length);
          return;
        }
      }
    }

    long resolve(long value) {
      if (value != IN_EXTRA) {
        return value;
      }
      if (next + 8 > end) {
        throw damaged("a size of more than 32 bits is missing");
      }
      next += 8;
      return bytes.int64(next - 8);
    }
  }
}

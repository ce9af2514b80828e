package io.github.modernbert.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RegularFilesTest {
  private static final String NO_REGULAR_FILE =
      "is a named pipe, a socket or a device, expected a regular file";

  private Path folder;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    this.folder = folder;
  }

  private static void assertRefused(Path file, String problem) {
    for (Runnable reading :
        new Runnable[] {
          () -> RegularFiles.require(file),
          () -> RegularFiles.openChannel(file),
          () -> RegularFiles.openText(file),
          () -> Json.read(file)
        }) {
      assertEquals(
          file + ": " + problem, assertThrows(ModelFileException.class, reading::run).getMessage());
    }
  }

  @Test
  void aNamedPipeIsRefusedAndNotWaitedFor() throws Exception {
    Path pipe = folder.resolve("config.json");
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/mkfifo"))
            && new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    assertRefused(pipe, NO_REGULAR_FILE);
    assertRefused(Files.createSymbolicLink(folder.resolve("link.json"), pipe), NO_REGULAR_FILE);
  }

  @Test
  void devicesAreRefused() {
    for (String name : new String[] {"/dev/zero", "/dev/null"}) {
      Path device = Path.of(name);
      Assumptions.assumeTrue(Files.exists(device));
      assertRefused(device, NO_REGULAR_FILE);
    }
  }

  @Test
  void aFolderIsRefused() {
    assertRefused(folder, "is a folder, expected a file");
  }

  @Test
  void whatIsMissingIsNotFound() throws IOException {
    assertRefused(folder.resolve("missing"), "file not found");
    assertRefused(
        Files.createSymbolicLink(folder.resolve("broken"), folder.resolve("missing")),
        "file not found");
  }

  @Test
  void aBrokenLinkIsNotTheSameAsNoFile() throws IOException {
    assertFalse(RegularFiles.exists(folder.resolve("missing")));
    assertFalse(RegularFiles.exists(folder.resolve("missing/below")));
    Path file = Files.writeString(folder.resolve("file"), "");
    assertTrue(RegularFiles.exists(file));
    assertFalse(RegularFiles.exists(file.resolve("below")));
    assertTrue(RegularFiles.exists(Files.createSymbolicLink(folder.resolve("link"), file)));
    Path broken = Files.createSymbolicLink(folder.resolve("broken"), folder.resolve("missing"));
    assertUntold(broken, broken + ": is a link to a file that is not there");
    Path loop = folder.resolve("loop");
    assertUntold(Files.createSymbolicLink(loop, loop), loop + ": cannot be read: ");
  }

  @Test
  void whatMayNotBeLookedAtIsNotTakenForMissing() throws IOException {
    Assumptions.assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path secret = Files.createDirectory(folder.resolve("secret"));
    Files.setPosixFilePermissions(secret, Set.of());
    try {
      Assumptions.assumeFalse(Files.isExecutable(secret), "this user may look everywhere");
      Path file = secret.resolve("modules.json");
      assertUntold(file, file + ": cannot be read: permission denied");
    } finally {
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static void assertUntold(Path file, String beginning) {
    String message =
        assertThrows(ModelFileException.class, () -> RegularFiles.exists(file)).getMessage();
    assertTrue(String.valueOf(message).startsWith(beginning), message);
  }

  @Test
  void linksToRegularFilesAreFollowed() throws IOException {
    Path file = Files.writeString(folder.resolve("blob"), "{\"é\": 1}");
    Path link =
        Files.createSymbolicLink(
            folder.resolve("b.json"), Files.createSymbolicLink(folder.resolve("a.json"), file));
    try (var reader = RegularFiles.openText(link)) {
      assertEquals("{\"é\": 1}", reader.readAllAsString());
    }
    assertEquals(1, Json.read(link).get("é").integer());
    try (var channel = RegularFiles.openChannel(link)) {
      assertEquals(9, channel.size());
    }
  }

  @Test
  void readingOnAnInterruptedThreadIsCancelledAndKeepsTheFlag() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "{}");
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, () -> Json.read(file));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertTrue(Json.read(file).isObject());
  }
}

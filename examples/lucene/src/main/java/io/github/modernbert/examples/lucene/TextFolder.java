package io.github.modernbert.examples.lucene;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The {@code .txt} and {@code .md} files below a folder, in passages. */
record TextFolder(Path root) {
  /** About 200 tokens: what small embedding models are trained on, and short enough to show. */
  private static final int PASSAGE_CHARS = 800;

  /** A paragraph that is as short as this goes with the next one. */
  private static final int HEADING_CHARS = 60;

  /**
   * The files, sorted.
   *
   * @throws IOException if there is no such folder, or none of them in it
   */
  List<Path> files() throws IOException {
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(root.toString());
    }
    try (Stream<Path> tree = Files.walk(root)) {
      List<Path> files =
          tree.filter(Files::isRegularFile)
              .filter(file -> file.toString().endsWith(".txt") || file.toString().endsWith(".md"))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new IOException("there are no .txt or .md files below " + root);
      }
      return files;
    }
  }

  /** The path of a file relative to the folder. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /** The SHA-256 digest of a file, in hexadecimal digits. */
  String digest(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The passages of a file: its paragraphs; long ones are cut between sentences.
   *
   * @throws java.nio.charset.CharacterCodingException if the file is not text in UTF-8
   */
  List<Passage> passages(Path file) throws IOException {
    var passages = new ArrayList<Passage>();
    for (String piece : split(Files.readString(file))) {
      passages.add(new Passage(name(file), passages.size() + 1, piece));
    }
    return passages;
  }

  static List<String> split(String text) {
    var pieces = new ArrayList<String>();
    String heading = "";
    for (String paragraph : text.strip().split("\\R\\s*\\R")) {
      String line = (heading + paragraph).strip().replaceAll("\\s+", " ");
      boolean alone = line.length() > HEADING_CHARS;
      heading = alone ? "" : line + " ";
      if (alone) {
        pieces.addAll(line.length() <= PASSAGE_CHARS ? List.of(line) : sentences(line));
      }
    }
    if (!heading.isBlank()) {
      pieces.add(heading.strip());
    }
    return pieces;
  }

  /** Groups of sentences; a sentence that is longer than a passage stays whole. */
  private static List<String> sentences(String paragraph) {
    BreakIterator ends = BreakIterator.getSentenceInstance(Locale.ROOT);
    ends.setText(paragraph);
    var groups = new ArrayList<String>();
    int start = ends.first();
    int last = start;
    for (int end = ends.next(); end != BreakIterator.DONE; last = end, end = ends.next()) {
      if (end - start > PASSAGE_CHARS && last > start) {
        groups.add(paragraph.substring(start, last).strip());
        start = last;
      }
    }
    groups.add(paragraph.substring(start).strip());
    return groups;
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.modernbert.files.ModelFileException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextEmbedderTest {
  private static final EmbedOptions DEFAULTS = EmbedOptions.defaults();
  private static TextEmbedder embedder;

  @BeforeAll
  static void load() {
    embedder = TextEmbedder.bundled(LoadOptions.defaults().threads(2).tokenBudget(256));
  }

  @AfterAll
  static void close() {
    embedder.close();
  }

  /** Texts of 0 to 400 words. */
  private static List<String> texts(int count) {
    var random = new Random(7);
    String[] words = "the baker sold warm bread while rain fell on quiet streets".split(" ");
    return IntStream.range(0, count)
        .mapToObj(i -> {
          int length = (int) Math.exp(random.nextDouble() * 5) - 1;
          return IntStream.range(0, length)
              .mapToObj(w -> words[random.nextInt(words.length)])
              .reduce("", (a, b) -> a + " " + b);
        })
        .toList();
  }

  @Test
  void sameBitsAloneInAnyBatchAndOrderOnAnyThreadsAndKernels() {
    List<String> texts = texts(30);
    Embeddings expected = embedder.embed(texts);
    var shuffled = new ArrayList<>(IntStream.range(0, texts.size()).boxed().toList());
    Collections.shuffle(shuffled, new Random(1));
    for (LoadOptions options :
        List.of(
            LoadOptions.defaults().threads(1),
            LoadOptions.defaults().threads(5).tokenBudget(32),
            LoadOptions.defaults()
                .threads(2)
                .kernels(KernelChoice.PORTABLE)
                .tokenBudget(100_000))) {
      try (var other = TextEmbedder.bundled(options)) {
        Embeddings actual = other.embed(shuffled.stream().map(texts::get).toList());
        for (int i = 0; i < texts.size(); i++) {
          assertArrayEquals(expected.vector(shuffled.get(i)), actual.vector(i), options.toString());
        }
      }
    }
    for (int i = 0; i < texts.size(); i += 7) {
      assertArrayEquals(expected.vector(i), embedder.embed(texts.get(i)), "alone");
    }
  }

  @Test
  void severalCallersAtOnce() throws InterruptedException {
    List<String> texts = texts(20);
    Embeddings expected = embedder.embed(texts);
    var failures = Collections.synchronizedList(new ArrayList<Throwable>());
    List<Thread> callers =
        IntStream.range(0, 4)
            .mapToObj(c ->
                Thread.ofPlatform()
                    .uncaughtExceptionHandler((t, e) -> failures.add(e))
                    .start(() -> {
                      Embeddings actual = embedder.embed(texts);
                      for (int i = 0; i < texts.size(); i++) {
                        assertArrayEquals(expected.vector(i), actual.vector(i));
                      }
                    }))
            .toList();
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void streamsGiveTheSameAndTakeTextsAsTheyAreNeeded() {
    List<String> texts = texts(300);
    Embeddings expected = embedder.embed(texts);
    var taken = new AtomicInteger();
    var index = new AtomicInteger();
    var ahead = new AtomicInteger();
    try (Stream<Embedding> results =
        embedder.embed(texts.stream().peek(t -> taken.incrementAndGet()), DEFAULTS)) {
      results.forEach(e -> {
        int i = index.getAndIncrement();
        ahead.accumulateAndGet(taken.get() - i, Math::max);
        assertArrayEquals(expected.vector(i), e.vector());
        assertEquals(expected.tokens(i), e.tokens());
      });
    }
    assertEquals(texts.size(), index.get());
    assertTrue(ahead.get() < 200, "texts taken ahead: " + ahead.get());
  }

  @Test
  void progressCountsTextsAndTokens() {
    List<String> texts = texts(30);
    var lastTexts = new AtomicLong();
    var lastTokens = new AtomicLong();
    Embeddings all =
        embedder.embed(
            texts,
            DEFAULTS.progress(progress -> {
              assertTrue(progress.done() > lastTexts.get());
              assertEquals(OptionalLong.of(30), progress.total());
              lastTexts.set(progress.done());
              lastTokens.set(progress.tokens());
            }));
    assertEquals(30, lastTexts.get());
    assertEquals(IntStream.range(0, 30).mapToLong(all::tokens).sum(), lastTokens.get());
    var streamed = new ArrayList<Progress>();
    assertEquals(2, embedder.embed(Stream.of("a", "b"), DEFAULTS.progress(streamed::add)).count());
    assertEquals(2, streamed.getLast().done());
  }

  @Test
  void progressTellsTheTimesOfTheCall() {
    var told = new ArrayList<Progress>();
    long begin = System.nanoTime();
    embedder.embed(texts(300), DEFAULTS.progress(told::add));
    Duration all = Duration.ofNanos(System.nanoTime() - begin);
    Duration before = Duration.ZERO;
    for (Progress progress : told) {
      CallTimes times = progress.times();
      Duration sum = times.tokenization().plus(times.queue()).plus(times.computation());
      assertTrue(sum.compareTo(before) > 0, "grows");
      before = sum;
    }
    assertTrue(before.compareTo(all) <= 0, before + " of " + all);
    assertTrue(told.getLast().times().tokenization().isPositive());
    assertTrue(told.getLast().times().computation().isPositive());
  }

  @Test
  void tokensOfSeveralTextsAreThoseOfEach() {
    List<String> texts = texts(20);
    List<TokenEmbeddings> all = embedder.embedTokens(texts, DEFAULTS);
    for (int i = 0; i < texts.size(); i++) {
      TokenEmbeddings alone = embedder.embedTokens(texts.get(i));
      assertEquals(alone.size(), all.get(i).size());
      for (int token = 0; token < alone.size(); token++) {
        assertArrayEquals(alone.vector(token), all.get(i).vector(token));
      }
    }
    assertEquals(List.of(), embedder.embedTokens(List.of(), DEFAULTS));
  }

  @Test
  void batchesAreTold() {
    var tokens = new AtomicLong();
    var sequences = new AtomicLong();
    LoadOptions options =
        LoadOptions.defaults()
            .batches((calls, batchSequences, batchTokens) -> {
              assertEquals(1, calls);
              sequences.addAndGet(batchSequences);
              tokens.addAndGet(batchTokens);
            });
    try (var told = TextEmbedder.bundled(options)) {
      Embeddings all = told.embed(texts(30));
      assertEquals(30, sequences.get());
      assertEquals(IntStream.range(0, 30).mapToLong(all::tokens).sum(), tokens.get());
      assertEquals(0, told.waitingCalls());
    }
  }

  @Test
  void interruptionEndsTheCallAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> embedder.embed("text"));
    assertTrue(Thread.interrupted());
    assertEquals(384, embedder.embed("text").length);
  }

  @Test
  void emptyTextsAndEmptyLists() {
    assertEquals(0, embedder.embed(List.of()).size());
    assertEquals(384, embedder.embed(List.of()).dimension());
    Embeddings one = embedder.embed(List.of(""));
    assertEquals(2, one.tokens(0), "[CLS] and [SEP]");
    assertFalse(one.truncated(0));
  }

  @Test
  void loneSurrogatesAreReplacementCharacters() {
    assertArrayEquals(embedder.embed("a \uFFFD b"), embedder.embed("a \uD800 b"));
  }

  @Test
  void truncationIsReportedOrRefused() {
    String text = "bread ".repeat(50).strip();
    EmbedOptions ten = DEFAULTS.maxLength(10);
    Embeddings cut = embedder.embed(List.of(text, "bread"), ten);
    assertTrue(cut.truncated(0));
    assertEquals(10, cut.tokens(0));
    assertFalse(cut.truncated(1));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> embedder.embed(List.of("bread", text), ten.truncate(false)));
    assertEquals("texts[1]: 52 tokens, at most 10 are taken", e.getMessage());
  }

  @Test
  void lengthsThatLeaveNoRoomAreRefused() {
    assertMessage("maxLength: the special tokens alone are 2, found 1", DEFAULTS.maxLength(1));
    assertMessage(
        "maxLength: the model takes at most 8192 tokens, found 8193", DEFAULTS.maxLength(8193));
    assertEquals(2, embedder.embed(List.of("bread"), DEFAULTS.maxLength(2)).tokens(0));
  }

  @Test
  void dimensionsAndNormalisation() {
    float[] whole = embedder.embed("bread");
    float[] some = embedder.embed("bread", DEFAULTS.dimensions(100));
    assertArrayEquals(Arrays.copyOf(whole, 100), some);
    float[] unit = embedder.embed("bread", DEFAULTS.dimensions(100).normalize(true));
    assertEquals(1.0, Similarity.dot(unit, unit), 1e-6);
    assertMessage("dimensions: the model's vectors have 384, found 385", DEFAULTS.dimensions(385));
    assertThrows(IllegalArgumentException.class, () -> DEFAULTS.dimensions(0));
  }

  @Test
  void promptsAreText() {
    assertArrayEquals(
        embedder.embed("query: bread"), embedder.embed("bread", DEFAULTS.promptText("query: ")));
    assertMessage(
        "the model has no prompt 'nonsense'; it has [query, document]",
        DEFAULTS.prompt("nonsense"));
  }

  private static void assertMessage(String message, EmbedOptions options) {
    var e = assertThrows(IllegalArgumentException.class, () -> embedder.embed("x", options));
    assertEquals(message, e.getMessage());
  }

  @Test
  void pairsAndTokenIds() {
    var pair = new TextPair("Who baked it?", "The baker.");
    float[] vector = embedder.embedPairs(List.of(pair), DEFAULTS).vector(0);
    int[] ids = embedder.tokenizer().encodePair(pair.first(), pair.second()).ids();
    assertArrayEquals(vector, embedder.embedTokenIds(List.of(ids), DEFAULTS).vector(0));
    for (int[] bad : new int[][] {{}, {-1}, {20_480}, new int[8193]}) {
      assertThrows(
          IllegalArgumentException.class, () -> embedder.embedTokenIds(List.of(bad), DEFAULTS));
    }
  }

  @Test
  void tokensOfIdsHaveTheVectorsOfTheText() {
    TokenEmbeddings expected = embedder.embedTokens("Bread, fresh");
    int[] ids = embedder.tokenizer().encode("Bread, fresh").ids();
    TokenEmbeddings tokens = embedder.embedTokensOfIds(List.of(ids), DEFAULTS).getFirst();
    assertEquals(expected.size(), tokens.size());
    for (int i = 0; i < tokens.size(); i++) {
      assertArrayEquals(expected.vector(i), tokens.vector(i));
      assertEquals(expected.token(i), tokens.token(i));
      assertEquals(-1, tokens.start(i));
    }
    for (int[] bad : new int[][] {{}, {-1}, {20_480}, new int[8193]}) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> embedder.embedTokensOfIds(List.of(ids, bad), DEFAULTS));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith("sequences[1]: "), message);
    }
  }

  @Test
  void tokenVectorsKnowTheirPlace() {
    String text = "Bread, fresh";
    TokenEmbeddings tokens = embedder.embedTokens(text, DEFAULTS.promptText("query: "));
    assertEquals(-1, tokens.start(0));
    assertEquals(-1, tokens.end(tokens.size() - 1));
    var covered = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.start(i) >= 0) {
        covered.append(text, tokens.start(i), tokens.end(i));
      }
      assertEquals(256, tokens.vector(i).length);
    }
    assertEquals(text, covered.toString());
  }

  @Test
  void memoryForTokenVectorsGrowsWithTheText() {
    var encoding = embedder.tokenizer().encode("bread ".repeat(4000));
    int count = encoding.length();
    int[] all = IntStream.range(0, count).toArray();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    TokenEmbeddings tokens = TokenEmbeddings.of(encoding, 0, all, "", new float[count][0]);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(count, tokens.size());
    assertTrue(allocated < 1000L * count, "bytes allocated: " + allocated);
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullsAreNamed() {
    assertThrows(IllegalArgumentException.class, () -> embedder.embed((String) null));
    assertThrows(IllegalArgumentException.class, () -> embedder.embed((List<String>) null));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> embedder.embed(Arrays.asList("a", null)));
    assertEquals("texts[1] is null", e.getMessage());
  }

  @Test
  void closedModelsSaySo() {
    var closed = TextEmbedder.bundled(LoadOptions.defaults().threads(1));
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.embed("x"));
  }

  @Test
  void unusableFoldersSayWhatIsNeeded(@TempDir Path folder) throws IOException {
    assertMentions("not found", folder.resolve("missing"));
    assertMentions("config.json", folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
    assertMentions("bert", folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"modernbert\"}");
    assertMentions("has no tokenizer.json", folder);
  }

  private static void assertMentions(String part, Path folder) {
    var e = assertThrows(ModelFileException.class, () -> TextEmbedder.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).startsWith(folder.toString()), e.getMessage());
  }
}

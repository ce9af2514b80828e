package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in headless Chromium. Pictures of it are in {@code target/screenshots}. */
final class PageTest {
  private static final Dimension WIDE = new Dimension(1280, 900);
  private static final Dimension NARROW = new Dimension(400, 860);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static ChromeDriver browser;

  @BeforeAll
  static void start() {
    Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = program("chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      System.out.println("skipped: the page, since Chromium or its driver is not installed");
    }
    assumeTrue(chromium.isPresent() && driver.isPresent(), "no Chromium");
    var options = new ChromeOptions();
    options.setBinary(chromium.get().toFile());
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(driver.get().toFile())
                .usingAnyFreePort()
                .build(),
            options);
  }

  private static Optional<Path> program(String... names) {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
  }

  /** Checks that the page complained of nothing, whatever the test did. */
  @AfterEach
  void consoleIsQuiet() {
    List<String> complaints =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(entry -> entry.getMessage())
            .filter(message -> !message.contains("the server responded with a status of 4"))
            .toList();
    assertEquals(List.of(), complaints);
  }

  private static void open(TestServer server, String panel) {
    browser.manage().window().setSize(WIDE);
    browser.get(server.at("/#" + panel).toString());
    browser.navigate().refresh();
    await(panel);
  }

  private static void await(String panel) {
    new WebDriverWait(browser, PATIENCE)
        .until(_ -> Objects.equals(find("#" + panel).getDomAttribute("data-state"), "done"));
  }

  private static WebElement find(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  private static List<WebElement> all(String selector) {
    return browser.findElements(By.cssSelector(selector));
  }

  /** Replaces what stands in a field as a person would, and waits for the answer. */
  private static void type(String panel, String field, String text) {
    WebElement element = find(field);
    element.clear();
    element.sendKeys(text);
    await(panel);
  }

  private static void picture(String name) {
    try {
      Path folder =
          Files.createDirectories(Golden.project().resolve("apps/server/target/screenshots"));
      Files.write(folder.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pictures of what is shown: wide and narrow, light and dark. */
  private static void pictures(String name) {
    for (String theme : List.of("light", "dark")) {
      browser.executeScript("document.documentElement.dataset.theme = arguments[0]", theme);
      browser.manage().window().setSize(WIDE);
      picture(name + "-" + theme + "-wide");
      browser.manage().window().setSize(NARROW);
      picture(name + "-" + theme + "-narrow");
      long excess =
          (Long)
              Objects.requireNonNull(
                  browser.executeScript(
                      "return document.documentElement.scrollWidth - innerWidth"));
      assertTrue(excess <= 0, name + " is " + excess + " pixels too wide for a telephone");
      browser.manage().window().setSize(WIDE);
    }
  }

  @Test
  void similaritiesAreThoseOfTheLibrary() {
    open(TestServer.shared(), "similarity");
    pictures("similarity");
    type("similarity", "#similarity-texts", "a cat\na kitten\nshares fell");
    List<WebElement> cells = all("#heat .cell");
    assertEquals(9, cells.size());
    assertEquals("1.00", cells.get(0).getText());
    try (TextEmbedder embedder = TextEmbedder.load(TestServer.mini())) {
      float cosine = Similarity.cosine(embedder.embed("a cat"), embedder.embed("a kitten"));
      assertEquals(String.format(Locale.ROOT, "%.2f", cosine), cells.get(1).getText());
    }
    assertTrue(find("#latency").getText().matches("\\d+ ms"), find("#latency").getText());
    assertTrue(find("#server-time").getText().matches("\\d+ ms"));
    assertTrue(find("#token-count").getText().matches("\\d+"));
  }

  @Test
  void searchRanksLines() {
    open(TestServer.shared(), "search");
    pictures("search");
    List<WebElement> hits = all("#hits .what");
    assertEquals(7, hits.size());
    assertEquals("The cobbler on Mill Street mends boots and heels.", hits.getFirst().getText());
  }

  @Test
  void entitiesAreMarked() {
    open(TestServer.shared(), "entities");
    pictures("entities");
    String text = Objects.requireNonNull(find("#entities-text").getDomProperty("value"));
    assertFalse(all("#marked mark").isEmpty());
    String plain =
        (String)
            browser.executeScript(
                "const copy = document.getElementById('marked').cloneNode(true);"
                    + "copy.querySelectorAll('small').forEach(small => small.remove());"
                    + "return copy.textContent");
    assertEquals(text, plain);
  }

  @Test
  void masksAreFilled() {
    open(TestServer.shared(), "masks");
    pictures("masks");
    List<WebElement> predictions = all("#fillings .prediction");
    assertEquals(6, predictions.size());
    predictions.getFirst().click();
    assertFalse(
        Objects.requireNonNull(find("#masks-text").getDomProperty("value")).contains("[MASK]"));
    type("masks", "#masks-text", "no gap");
    assertTrue(find("#masks .error").getText().contains("no [MASK] in the text"));
  }

  @Test
  void tokensHaveTheirIds() {
    open(TestServer.shared(), "tokens");
    pictures("tokens");
    type("tokens", "#tokens-text", "bread");
    try (TextEmbedder embedder = TextEmbedder.load(TestServer.mini())) {
      int[] ids = embedder.tokenizer().encode("bread").ids();
      List<String> shown = all("#token-list small").stream().map(WebElement::getText).toList();
      assertEquals(Arrays.stream(ids).mapToObj(Integer::toString).toList(), shown);
    }
  }

  @Test
  void labelsAndModels() {
    open(TestServer.shared(), "labels");
    pictures("labels");
    assertFalse(all("#label-ranking li").isEmpty());
    open(TestServer.shared(), "models");
    pictures("models");
    assertEquals(9, all("#model-cards article").size());
    assertTrue(find("#limits").getText().contains("2,048"));
  }

  @Test
  void panelsWithoutAModelSayWhatIsMissing() {
    try (TestServer server = TestServer.start()) {
      open(server, "similarity");
      find("#tab-masks").click();
      assertTrue(find("#masks .absence").getText().contains("fill-mask"));
      pictures("absent");
    }
  }

  @Test
  void aKeyIsAskedFor() {
    try (TestServer server = TestServer.start("--api-key=secret")) {
      browser.manage().window().setSize(WIDE);
      browser.get(server.address().toString());
      new WebDriverWait(browser, PATIENCE).until(_ -> find("#key-form").isDisplayed());
      pictures("key");
      find("#key").sendKeys("secret");
      find("#key-form button").click();
      await("similarity");
      assertFalse(find("#key-form").isDisplayed());
    }
  }

  @Test
  void theDescriptionCanBeBrowsedAndTried() {
    browser.manage().window().setSize(WIDE);
    browser.get(TestServer.shared().at("/docs#embed").toString());
    new WebDriverWait(browser, PATIENCE).until(_ -> !all("#embed .try button").isEmpty());
    find("#embed .try button").click();
    new WebDriverWait(browser, PATIENCE)
        .until(_ -> find("#embed .try pre").getText().startsWith("200\n[["));
    pictures("docs");
  }
}

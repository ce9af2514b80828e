package io.github.modernbert.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of rooms in docs/ARCHITECTURE.md: who may touch whom. */
final class ArchitectureTest {
  private static final String BASE = "io.github.modernbert";

  private static JavaClasses all;

  private static final String FILES = BASE + ".files";
  private static final String CONFIG = BASE + ".config";
  private static final String WEIGHTS = BASE + ".weights..";
  private static final String TOKENIZER = BASE + ".tokenizer..";
  private static final String KERNELS = BASE + ".kernels";
  private static final String CODEGEN = BASE + ".codegen";
  private static final String ASM = CODEGEN + ".asm";
  private static final String SPEC = CODEGEN + ".spec";
  private static final String X86 = CODEGEN + ".x86";
  private static final String ARM64 = CODEGEN + ".arm64";
  private static final String RUNTIME = CODEGEN + ".runtime";
  private static final String EVENTS = BASE + ".events";
  private static final String VECTORS = BASE + ".vectors";
  private static final String ENCODER = BASE + ".encoder";
  private static final String TASKS = BASE + ".tasks";
  private static final String FOLDERS = BASE + ".folders";
  private static final String HUB = BASE + ".hub";
  private static final String GSON = "com.google.gson..";
  private static final String JFR = "jdk.jfr";
  private static final String PICOCLI = "picocli..";

  /** Each room with all that it may touch beside itself and the Java platform. */
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          entry(FILES, Set.of(GSON)),
          entry(CONFIG, Set.of(FILES)),
          entry(WEIGHTS, Set.of(FILES, CONFIG)),
          entry(TOKENIZER, Set.of(FILES, GSON)),
          entry(KERNELS, Set.of()),
          entry(BASE + ".vector", Set.of(KERNELS, "jdk.incubator.vector")),
          entry(ASM, Set.of()),
          entry(SPEC, Set.of(KERNELS, ASM)),
          entry(X86, Set.of(KERNELS, ASM, SPEC)),
          entry(ARM64, Set.of(KERNELS, ASM, SPEC)),
          entry(RUNTIME, Set.of(KERNELS, ASM, SPEC, X86, ARM64)),
          entry(CODEGEN, Set.of(KERNELS, ASM, SPEC, X86, ARM64, RUNTIME)),
          entry(EVENTS, Set.of(JFR)),
          entry(VECTORS, Set.of(FILES, CONFIG, WEIGHTS, KERNELS)),
          entry(ENCODER, Set.of(FILES, CONFIG, WEIGHTS, KERNELS, EVENTS, "com.sun.management")),
          entry(TASKS, Set.of(FILES, CONFIG, WEIGHTS, TOKENIZER, KERNELS, EVENTS, ENCODER)),
          entry(FOLDERS, Set.of(FILES, CONFIG, WEIGHTS, ENCODER)),
          entry(
              BASE,
              Set.of(
                  FILES, CONFIG, WEIGHTS, TOKENIZER, KERNELS, EVENTS, VECTORS, ENCODER, TASKS,
                  FOLDERS)),
          entry(BASE + ".djl", Set.of(FILES, CONFIG, WEIGHTS, TOKENIZER, BASE, "ai.djl..")),
          entry(BASE + ".langchain4j", Set.of(TOKENIZER, BASE, "dev.langchain4j..")),
          entry(
              BASE + ".springai..",
              Set.of(FILES, TOKENIZER, BASE, "org.springframework..", "io.micrometer..")),
          entry(
              BASE + ".spark",
              Set.of(
                  FILES,
                  BASE,
                  "org.apache.spark..",
                  "org.apache.hadoop..",
                  "scala..",
                  "org.slf4j")),
          entry(HUB, Set.of(FILES, BASE, GSON, JFR)),
          entry(
              BASE + ".cli..", Set.of(FILES, CONFIG, WEIGHTS, TOKENIZER, BASE, HUB, PICOCLI, GSON)),
          entry(
              BASE + ".server..",
              Set.of(
                  WEIGHTS,
                  TOKENIZER,
                  BASE,
                  HUB,
                  PICOCLI,
                  GSON,
                  "org.eclipse.jetty..",
                  "org.snakeyaml.engine..")),
          entry(BASE + ".examples.lucene", Set.of(BASE, PICOCLI, "org.apache.lucene..")),
          entry(BASE + ".examples.spark", Set.of(BASE + ".spark", "org.apache.spark..")));

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);
  }

  private static ArchRule mayTouch(String room, Set<String> others) {
    var allowed = new TreeSet<String>(Set.of("java..", "org.jspecify.annotations", room));
    allowed.addAll(others);
    return classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)));
  }

  /** Fails also for a room without classes. */
  @TestFactory
  Stream<DynamicTest> roomsTouchOnlyWhatTheyMay() {
    return ROOMS.keySet().stream()
        .sorted()
        .map(room -> dynamicTest(room, () -> mayTouch(room, ROOMS.get(room)).check(all)));
  }

  @Test
  void everyClassIsInARoom() {
    classes().should().resideInAnyPackage(ROOMS.keySet().toArray(String[]::new)).check(all);
  }

  /** This class touches JUnit, which is neither of ours nor of the platform. */
  @Test
  void whatARoomMayNotTouchIsFound() {
    JavaClasses here = new ClassFileImporter().importClasses(ArchitectureTest.class);
    String room = BASE + ".checks";
    assertFalse(
        mayTouch(room, Set.of("com.tngtech..", "org.junit..")).evaluate(here).hasViolation());
    List<String> found =
        mayTouch(room, Set.of("com.tngtech..")).evaluate(here).getFailureReport().getDetails();
    assertTrue(found.stream().allMatch(line -> line.contains("org.junit.")), found.toString());
    assertFalse(found.isEmpty());
  }

  @Test
  void nothingTouchesApplicationsIntegrationsOrKernelsThatAreFound() {
    for (String room :
        Set.of(
            BASE + ".cli..",
            BASE + ".server..",
            BASE + ".vector..",
            BASE + ".codegen..",
            BASE + ".djl..",
            BASE + ".langchain4j..",
            BASE + ".springai..")) {
      noClasses()
          .that(not(resideInAPackage(room)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(room)
          .check(all);
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(all);
    slices().matching(BASE + ".tokenizer.(*)..").should().beFreeOfCycles().check(all);
    slices().matching(BASE + ".server.(*)..").should().beFreeOfCycles().check(all);
    slices().matching(BASE + ".cli.(*)..").should().beFreeOfCycles().check(all);
  }

  @Test
  void classesAreFinalOrMadeToBeExtended() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotAnonymousClasses()
        .and()
        .doNotHaveModifier(JavaModifier.ABSTRACT)
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .and()
        .doNotHaveSimpleName("package-info")
        .and()
        .doNotHaveSimpleName("module-info")
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(all);
  }

  @Test
  void noStaticStateButConstants() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(BASE + ".kernels")
        .should()
        .beFinal()
        .check(all);
  }

  @Test
  void modulesExportTheApiAlone() throws IOException {
    assertEquals(Set.of(BASE), exports("modernbert-core"));
    assertEquals(Set.of(BASE + ".files"), exports("modernbert-files"));
    assertEquals(Set.of(BASE + ".config"), exports("modernbert-weights"));
    assertEquals(Set.of(BASE + ".tokenizer"), exports("modernbert-tokenizer"));
    assertEquals(Set.of(), exports("modernbert-kernels"));
    assertEquals(Set.of(), exports("modernbert-vector"));
    assertEquals(Set.of(), exports("modernbert-codegen"));
    assertEquals(Set.of(BASE + ".djl"), exports("integrations/djl"));
    assertEquals(Set.of(BASE + ".hub"), exports("integrations/hub"));
  }

  /** The packages that a module exports to everyone. */
  private static Set<String> exports(String module) throws IOException {
    Path root = Path.of(System.getProperty("modernbert.root", ".."));
    Path file = root.resolve(module).resolve("target/classes/module-info.class");
    try (InputStream in = Files.newInputStream(file)) {
      return ModuleDescriptor.read(in).exports().stream()
          .filter(e -> !e.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .collect(Collectors.toSet());
    }
  }
}

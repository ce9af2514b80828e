package io.github.modernbert.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The table of rooms in docs/ARCHITECTURE.md: who may touch whom. */
final class ArchitectureTest {
  private static final String BASE = "io.github.modernbert";

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);
    for (String room :
        Set.of(
            ".files",
            ".config",
            ".weights",
            ".tokenizer",
            ".kernels",
            ".vector",
            ".codegen",
            ".encoder",
            ".hub",
            ".cli",
            ".server",
            ".djl",
            ".langchain4j",
            ".springai",
            ".spark")) {
      assertTrue(
          all.stream().anyMatch(c -> c.getPackageName().startsWith(BASE + room)), "no " + room);
    }
  }

  private static void mayTouch(String room, String... others) {
    var allowed = new TreeSet<String>(Set.of("java..", "org.jspecify.annotations", room));
    allowed.addAll(Set.of(others));
    classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed.toArray(String[]::new))
                .or(not(resideInAnyPackage("io..", "com..", "ai..", "info..", "jdk..", "sun.."))))
        .check(all);
  }

  @Test
  void roomsTouchOnlyWhatTheyMay() {
    String files = BASE + ".files";
    String config = BASE + ".config";
    String weights = BASE + ".weights..";
    String tokenizer = BASE + ".tokenizer..";
    String kernels = BASE + ".kernels";
    mayTouch(files, "com.google.gson..");
    mayTouch(config, files);
    mayTouch(weights, files, config);
    mayTouch(tokenizer, files, "com.google.gson..");
    mayTouch(kernels);
    mayTouch(BASE + ".vector", kernels, "jdk.incubator.vector");
    String codegen = BASE + ".codegen";
    mayTouch(codegen + ".asm");
    mayTouch(codegen + ".spec", kernels, codegen + ".asm");
    mayTouch(codegen + ".x86", kernels, codegen + ".asm", codegen + ".spec");
    mayTouch(codegen + ".arm64", kernels, codegen + ".asm", codegen + ".spec");
    mayTouch(
        codegen + ".runtime",
        kernels,
        codegen + ".asm",
        codegen + ".spec",
        codegen + ".x86",
        codegen + ".arm64");
    mayTouch(
        codegen,
        kernels,
        codegen + ".asm",
        codegen + ".spec",
        codegen + ".x86",
        codegen + ".arm64",
        codegen + ".runtime");
    mayTouch(codegen + ".peak", codegen + ".runtime");
    mayTouch(BASE + ".encoder", files, config, weights, kernels, "com.sun.management");
    mayTouch(BASE + ".tasks", files, config, weights, tokenizer, kernels, BASE + ".encoder");
    mayTouch(BASE + ".folders", files, config, weights, BASE + ".encoder");
    mayTouch(
        BASE,
        files,
        config,
        weights,
        tokenizer,
        kernels,
        BASE + ".encoder",
        BASE + ".tasks",
        BASE + ".folders");
    mayTouch(BASE + ".djl", files, config, weights, tokenizer, BASE, "ai.djl..");
    mayTouch(BASE + ".langchain4j", tokenizer, BASE, "dev.langchain4j..");
    mayTouch(
        BASE + ".springai..", files, tokenizer, BASE, "org.springframework..", "io.micrometer..");
    mayTouch(BASE + ".spark", files, BASE);
    mayTouch(BASE + ".hub", files, BASE, "com.google.gson..");
    mayTouch(
        BASE + ".cli..",
        files,
        config,
        weights,
        tokenizer,
        BASE,
        BASE + ".hub",
        "picocli..",
        "com.google.gson..");
    mayTouch(
        BASE + ".server..",
        weights,
        tokenizer,
        BASE,
        BASE + ".hub",
        "picocli..",
        "com.google.gson..");
    mayTouch(BASE + ".examples.lucene", BASE, "picocli..");
    mayTouch(BASE + ".examples.spark", BASE + ".spark");
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

package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Checks what a release needs and nobody would miss before: see "Releases" in CONTRIBUTING. */
final class PublishingTest {
  private static final PomFile ROOT = PomFile.root();
  private static final List<PomFile> PUBLISHED = ROOT.publishedModules();

  @Test
  void pomsSayWhatMavenCentralAsksFor() {
    for (String path :
        List.of(
            "url",
            "licenses/license/name",
            "developers/developer/name",
            "scm/connection",
            "scm/developerConnection",
            "scm/url")) {
      assertFalse(ROOT.text("/project/" + path).isEmpty(), "the root pom.xml has no " + path);
    }
    for (PomFile module : PUBLISHED) {
      for (String path : List.of("name", "description")) {
        assertFalse(
            module.text("/project/" + path).isEmpty(),
            "%s has no %s of its own".formatted(module.folder(), path));
      }
    }
  }

  @Test
  void billOfMaterialsHasEveryPublishedModule() {
    PomFile bom =
        PUBLISHED.stream()
            .filter(module -> module.artifactId().equals("modernbert-bom"))
            .findFirst()
            .orElseThrow();
    var wanted = new TreeSet<String>();
    PUBLISHED.stream().filter(PomFile::isJar).forEach(module -> wanted.add(module.artifactId()));
    assertEquals(
        wanted,
        new TreeSet<>(
            bom.texts("/project/dependencyManagement/dependencies/dependency/artifactId")),
        "published modules, and what modernbert-bom/pom.xml lists");
  }

  @Test
  void publishedModulesNeedNothingThatIsNotPublished() {
    var published = new TreeSet<String>();
    PUBLISHED.forEach(module -> published.add(module.artifactId()));
    for (PomFile module : PUBLISHED) {
      for (String needed :
          module.texts(
              "/project/dependencies/dependency[groupId='io.github.modernbert']"
                  + "[not(scope='test') and not(scope='provided')]/artifactId")) {
        assertTrue(
            published.contains(needed),
            "%s needs %s, which is not published".formatted(module.artifactId(), needed));
      }
    }
  }

  @Test
  void theApiCheckKnowsEveryExportedPackage() throws IOException {
    List<String> compared =
        ROOT.texts("/project/profiles/profile[id='api-compatibility']//parameter/includes/include");
    var missing = new TreeSet<String>();
    for (PomFile module : PUBLISHED) {
      missing.addAll(exports(module));
    }
    assertFalse(missing.isEmpty(), "no module exports anything");
    compared.forEach(missing::remove);
    assertEquals(
        Set.of(), missing, "exported, and not in the profile api-compatibility of pom.xml");
  }

  /** Kotlin reads the annotation of packages, not that of modules. */
  @Test
  void exportedPackagesSayThatNothingIsNull() throws IOException, ClassNotFoundException {
    for (PomFile module : PUBLISHED) {
      for (String name : exports(module)) {
        Class<?> information = Class.forName(name + ".package-info");
        assertTrue(information.isAnnotationPresent(NullMarked.class), name + " has no @NullMarked");
      }
    }
  }

  private static TreeSet<String> exports(PomFile module) throws IOException {
    var exports = new TreeSet<String>();
    Path file = module.folder().resolve("target/classes/module-info.class");
    if (Files.exists(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        ModuleDescriptor.read(in).exports().stream()
            .filter(e -> !e.isQualified())
            .forEach(e -> exports.add(e.source()));
      }
    }
    return exports;
  }
}

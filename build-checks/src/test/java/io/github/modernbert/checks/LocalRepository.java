package io.github.modernbert.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A local repository of Maven that holds what this build has made and nothing else. */
record LocalRepository(Path folder, String version) {
  /** Lays what would be published, as far as it has been built. */
  static LocalRepository of(Path folder, PomFile root) throws IOException {
    var repository = new LocalRepository(folder, root.text("/project/version"));
    repository.add(root.artifactId(), root.folder().resolve("pom.xml"), "pom");
    for (PomFile module : root.publishedModules()) {
      // The consumer needs not all modules, and with -pl and -am not all are there.
      Path target = module.folder().resolve("target");
      Path flattened = target.resolve(".flattened-pom.xml");
      Path pom = Files.exists(flattened) ? flattened : module.folder().resolve("pom.xml");
      String jar = "%s-%s.jar".formatted(module.artifactId(), repository.version);
      if (Files.exists(target.resolve(jar))) {
        repository.add(module.artifactId(), target.resolve(jar), "jar");
      }
      repository.add(module.artifactId(), pom, "pom");
    }
    return repository;
  }

  private void add(String artifactId, Path file, String type) throws IOException {
    Path target = folder.resolve("io/github/modernbert").resolve(artifactId).resolve(version);
    Files.createDirectories(target);
    Files.copy(file, target.resolve("%s-%s.%s".formatted(artifactId, version, type)));
  }
}

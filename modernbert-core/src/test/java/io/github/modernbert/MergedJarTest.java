package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kernels of one jar that was merged from all of ours without their service files. */
final class MergedJarTest {
  /** The class path without any service file. */
  private static final class WithoutServices extends URLClassLoader {
    WithoutServices() {
      super(classPath(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] classPath() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(WithoutServices::url)
          .toArray(URL[]::new);
    }

    private static URL url(String entry) {
      try {
        return Path.of(entry).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(e);
      }
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
      return name.startsWith("META-INF/services/")
          ? Collections.emptyEnumeration()
          : super.findResources(name);
    }
  }

  @Test
  void kernelsAreFoundWithoutServiceFiles() throws Exception {
    try (var loader = new WithoutServices()) {
      Method select =
          loader
              .loadClass("io.github.modernbert.kernels.KernelSelection")
              .getMethod("select", String.class);
      var refused =
          assertThrows(InvocationTargetException.class, () -> select.invoke(null, "none"));
      String message = String.valueOf(refused.getCause());
      assertTrue(message.endsWith("there are auto, codegen, vector, portable"), message);
    }
  }
}

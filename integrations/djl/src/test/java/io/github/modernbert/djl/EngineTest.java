package io.github.modernbert.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;
import ai.djl.engine.StandardCapabilities;
import ai.djl.training.optimizer.Optimizer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** DJL finds the engine, and never takes it without being told to. */
final class EngineTest {
  private static final String SERVICES = "META-INF/services/" + EngineProvider.class.getName();

  @Test
  void isFoundByName() {
    Engine engine = Engine.getEngine("ModernBert");
    assertTrue(Engine.getAllEngines().contains("ModernBert"));
    assertEquals("ModernBert", engine.getEngineName());
    assertEquals("ModernBert:" + engine.getVersion(), engine.toString());
    assertNull(engine.getAlternativeEngine());
    assertEquals(0, engine.getGpuCount());
    assertTrue(!engine.hasCapability(StandardCapabilities.CUDA));
    assertSame(engine, engine.newBaseManager().getEngine());
  }

  @Test
  void isNotTheDefaultWithAnotherEngine() {
    assertEquals("RPC", Engine.getDefaultEngineName());
    assertTrue(Engine.getInstance().getRank() < Engine.getEngine("ModernBert").getRank());
  }

  @Test
  void isNotTheDefaultWithoutAnotherEngine() throws Exception {
    try (var alone = new OnlyThisEngine()) {
      assertEquals(Set.of("ModernBert"), alone.engine("getAllEngines"));
      assertNull(alone.engine("getDefaultEngineName"));
      var e = assertThrows(InvocationTargetException.class, () -> alone.engine("getInstance"));
      assertEquals("ai.djl.engine.EngineException", e.getTargetException().getClass().getName());
    }
  }

  /** DJL in a class loader of its own that finds no other engine. */
  private static final class OnlyThisEngine extends URLClassLoader {
    private static final URL DJL = source(Engine.class);

    OnlyThisEngine() {
      super(
          new URL[] {DJL, source(ModernBertEngineProvider.class)},
          EngineTest.class.getClassLoader());
    }

    private static URL source(Class<?> type) {
      return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean own = name.startsWith("ai.djl.") || name.startsWith("io.github.modernbert.djl.");
      if (!own) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      var found = Collections.list(super.getResources(name));
      if (name.equals(SERVICES)) {
        found.removeIf(url -> url.getPath().contains(DJL.getPath()));
      }
      return Collections.enumeration(found);
    }

    Object engine(String method) throws Exception {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(this);
      try {
        return loadClass(Engine.class.getName()).getMethod(method).invoke(null);
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    Engine engine = Engine.getEngine("ModernBert");
    assertUnsupported(() -> engine.newModel("m", Device.gpu()));
    assertUnsupported(() -> engine.newBaseManager(Device.gpu(1)));
    assertUnsupported(() -> engine.newBaseManager().newSubManager(Device.gpu()));
    assertUnsupported(engine::newGradientCollector);
    assertUnsupported(() -> engine.newParameterServer(Optimizer.adam().build()));
    assertUnsupported(() -> engine.newSymbolBlock(engine.newBaseManager()));
    try (Model model = Model.newInstance("m", Device.cpu(), "ModernBert")) {
      assertEquals(Device.cpu(), model.getNDManager().getDevice());
    }
  }

  private static void assertUnsupported(Runnable call) {
    assertThrows(UnsupportedOperationException.class, call::run);
  }
}

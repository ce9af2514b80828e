package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** With providers of its own; the real ones are tested in their modules and in the core module. */
final class KernelSelectionTest {
  private static final KernelProvider VECTOR = new Everything("vector", 100, null, null);
  private static final KernelProvider CODEGEN = new FloatProducts("codegen", 200);

  /** Offers portable operations under another name. */
  private record Everything(String name, int rank, @Nullable String why, @Nullable String whySlow)
      implements KernelProvider {
    @Override
    public Optional<String> obstacle() {
      return Optional.ofNullable(why);
    }

    @Override
    public Optional<String> drawback() {
      return Optional.ofNullable(whySlow);
    }

    @Override
    public Kernels offer(Kernels next) {
      return Kernels.ofLoops(
          name, new PortableMicroKernel(Kernels.KEY_ALIGNMENT), new PortableRowLoops());
    }
  }

  /** Offers nothing but products with weights of float32. */
  private record FloatProducts(String name, int rank) implements KernelProvider {
    @Override
    public Optional<String> obstacle() {
      return Optional.empty();
    }

    @Override
    public Kernels offer(Kernels next) {
      var products = new EnumMap<>(next.products());
      var kernel = new PortableMicroKernel(Kernels.KEY_ALIGNMENT);
      var product = new PanelProduct(name, kernel, next.rows(), new PortableRowLoops());
      products.put(WeightFormat.FLOAT32, product);
      return new Kernels(
          "%s (%s)".formatted(name, next.name()),
          products,
          next.rows(),
          next.attentionStep(),
          next.int8AttentionStep());
    }
  }

  @Test
  void portableIsAlwaysThere() {
    assertEquals("portable", KernelSelection.select("portable").name());
    assertEquals("portable", KernelSelection.select("auto").name());
  }

  @Test
  void demandedKernelsThatAreMissingAreAnError() {
    var e = assertThrows(IllegalArgumentException.class, () -> KernelSelection.select("vector"));
    assertEquals("no kernels named 'vector'; there are auto, portable", e.getMessage());
  }

  @Test
  void eachOperationIsTakenFromTheBestThatOffersIt() {
    var selected = KernelSelection.select("auto", List.of(VECTOR, CODEGEN));
    assertEquals("codegen (vector)", selected.kernels().name());
    assertEquals(
        Map.of(
            "float32 products", "codegen",
            "bfloat16 products", "vector",
            "int8 products", "vector",
            "attention", "vector",
            "int8 attention", "vector",
            "norms, activations, heads", "vector"),
        selected.kernels().operations());
    assertEquals(List.of(), selected.problems());
  }

  @Test
  void aDemandedProviderIsCompletedByThoseBelowIt() {
    var providers = List.of(VECTOR, CODEGEN);
    assertEquals("vector", KernelSelection.select("vector", providers).kernels().name());
    assertEquals("codegen (vector)", KernelSelection.select("codegen", providers).kernels().name());
    assertEquals("portable", KernelSelection.select("portable", providers).kernels().name());
  }

  /** Products alone are fast: a warning that portable kernels are used would be wrong. */
  @Test
  void messagesNameTheKernelsThatRun() {
    var without = new Everything("vector", 100, "start java with a flag", null);
    var selected = KernelSelection.select("auto", List.of(without, CODEGEN));
    assertEquals("codegen (portable)", selected.kernels().name());
    assertEquals(Level.INFO, selected.level());
    assertEquals(
        List.of("the vector kernels cannot run: start java with a flag"), selected.problems());
    var alone = KernelSelection.select("auto", List.of(without));
    assertEquals("portable", alone.kernels().name());
    assertEquals(Level.WARNING, alone.level());
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> KernelSelection.select("vector", List.of(without, CODEGEN)));
    assertEquals("the vector kernels cannot run: start java with a flag", e.getMessage());
  }

  @Test
  void kernelsThatWouldNotBeFasterAreNoProblem() {
    var without = new Everything("vector", 100, "start java with a flag", null);
    var slow = new Everything("vector", 100, null, "no C2");
    var all = new Everything("codegen", 200, null, null);
    for (var vector : List.of(without, slow)) {
      var selected = KernelSelection.select("auto", List.of(vector, all));
      assertEquals("codegen", selected.kernels().name());
      assertEquals(List.of(), selected.problems());
    }
  }

  @Test
  void betterKernelsThatCannotRunAreNamed() {
    var denied = new Everything("codegen", 200, "native access is denied", null);
    var selected = KernelSelection.select("auto", List.of(VECTOR, denied));
    assertEquals("vector", selected.kernels().name());
    assertEquals(Level.INFO, selected.level());
    assertEquals(
        List.of("the codegen kernels cannot run: native access is denied"), selected.problems());
  }

  @Test
  void slowKernelsAreUsedOnDemandOnly() {
    var slow = new Everything("vector", 100, null, "no C2");
    var selected = KernelSelection.select("auto", List.of(slow, CODEGEN));
    assertEquals("codegen (portable)", selected.kernels().name());
    assertEquals(Level.WARNING, selected.level());
    assertEquals(List.of("the vector kernels are slow: no C2"), selected.problems());
    var demanded = KernelSelection.select("vector", List.of(slow, CODEGEN));
    assertEquals("vector", demanded.kernels().name());
    assertEquals(Level.WARNING, demanded.level());
  }

  /** A system that grants what a provider needs when it is asked, and refuses it afterwards. */
  @Test
  void kernelsThatAreRefusedLaterGiveWayToTheNext() {
    var refused = new AtomicBoolean();
    Supplier<Kernels> selection =
        () -> {
          var best =
              new Everything(
                  "codegen", 200, refused.get() ? "the system refuses more" : null, null);
          return KernelSelection.select("auto", List.of(VECTOR, best)).kernels();
        };
    String used =
        KernelSelection.with(
            selection,
            kernels -> {
              if (kernels.name().equals("codegen")) {
                refused.set(true);
                throw new UnsupportedOperationException("the system refuses more");
              }
              return kernels.name();
            });
    assertEquals("vector", used);
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () ->
                KernelSelection.with(
                    selection,
                    kernels -> {
                      throw new UnsupportedOperationException(kernels.name());
                    }));
    assertEquals("vector", e.getMessage(), "where nothing else can be selected");
  }

  @Test
  void anOperationMustHaveAnImplementation() {
    Kernels portable = Kernels.portable();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Kernels(
                "some",
                Map.of(),
                portable.rows(),
                portable.attentionStep(),
                portable.int8AttentionStep()));
  }
}

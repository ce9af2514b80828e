package io.github.modernbert.kernels;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Selects an implementation for each operation: those of the best provider, and for what it lacks
 * those of the next one, down to the portable ones. Logs once what runs where faster kernels cannot
 * be used; kernels that would not be faster are not worth a line.
 */
public final class KernelSelection {
  /** The best that runs here. */
  public static final String AUTO = "auto";

  /** The plain loops. */
  public static final String PORTABLE = "portable";

  /**
   * The providers of this library, which are found by name as well: a jar that was merged from
   * others may have lost their service files.
   */
  private static final List<String> OWN_PROVIDERS =
      List.of(
          "io.github.modernbert.codegen.CodegenKernelProvider",
          "io.github.modernbert.vector.VectorKernelProvider");

  private static final AtomicBoolean LOGGED = new AtomicBoolean();
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private KernelSelection() {}

  /**
   * Begins to find out what runs here, in a thread of its own, for a selection that follows: a
   * fresh JVM takes as long for it as for the settings of a model. Does nothing the second time.
   *
   * @param choice that of the selection
   */
  public static void begin(String choice) {
    if (Runtime.getRuntime().availableProcessors() > 1 && !BEGUN.getAndSet(true)) {
      WorkerPool.thread("modernbert-kernels", () -> findObstacles(choice)).start();
    }
  }

  private static void findObstacles(String choice) {
    try {
      upTo(choice, providers()).forEach(KernelProvider::obstacle);
    } catch (RuntimeException | LinkageError e) {
      // The selection itself tells.
    }
  }

  /**
   * Selects kernels by name.
   *
   * @param choice {@value #AUTO}, {@value #PORTABLE} or the name of a provider such as {@code
   *     codegen} or {@code vector}
   * @throws IllegalArgumentException if there are none of that name
   * @throws UnsupportedOperationException if they cannot run here; says what to do about it
   */
  public static Kernels select(String choice) {
    Selected selected = select(choice, providers());
    if (!selected.problems().isEmpty() && !LOGGED.getAndSet(true)) {
      String problems = String.join("; ", selected.problems());
      logger().log(selected.level(), "Using {0} kernels; {1}", selected.kernels().name(), problems);
    }
    return selected.kernels();
  }

  /**
   * Makes something with the kernels of a name, and again with others where the system refuses what
   * the first ones need.
   *
   * @param choice as for {@link #select(String)}
   * @param make throws an {@link UnsupportedOperationException}, as {@link Kernels#prepare} does,
   *     if the kernels turn out not to run
   * @throws IllegalArgumentException if there are no kernels of that name
   * @throws UnsupportedOperationException if they cannot run here; says what to do about it
   */
  public static <R> R with(String choice, Function<Kernels, R> make) {
    return with(() -> select(choice), make);
  }

  /** See {@link #with(String, Function)}; the supplier selects each time. */
  static <R> R with(Supplier<Kernels> selection, Function<Kernels, R> make) {
    Kernels kernels = selection.get();
    try {
      return make.apply(kernels);
    } catch (UnsupportedOperationException e) {
      Kernels others = selection.get();
      if (others.name().equals(kernels.name())) {
        throw e;
      }
      return make.apply(others);
    }
  }

  /**
   * The outcome of a selection.
   *
   * @param level of the message about problems
   * @param problems why kernels that would be faster are not used, or are slow; those of the best
   *     ones first
   */
  record Selected(Kernels kernels, Level level, List<String> problems) {}

  /**
   * Selects among providers.
   *
   * @param providers by ascending rank
   */
  static Selected select(String choice, List<KernelProvider> providers) {
    Kernels kernels = Kernels.portable();
    boolean slow = false;
    var problems = new ArrayList<String>();
    for (KernelProvider provider : upTo(choice, providers)) {
      boolean demanded = provider.name().equals(choice);
      Optional<String> obstacle = provider.obstacle();
      if (obstacle.isPresent()) {
        String problem = "the %s kernels cannot run: %s".formatted(provider.name(), obstacle.get());
        if (demanded) {
          throw new UnsupportedOperationException(problem);
        }
        problems.addFirst(problem);
        continue;
      }
      Optional<String> drawback = provider.drawback();
      if (drawback.isEmpty() || demanded) {
        kernels = provider.offer(kernels);
        if (!needed(kernels).contains(PORTABLE)) {
          // What lower ranks lack costs nothing any more.
          problems.clear();
          slow = false;
        }
      }
      if (drawback.isPresent()) {
        slow = true;
        problems.addFirst("the %s kernels are slow: %s".formatted(provider.name(), drawback.get()));
      }
    }
    boolean onlyPortable = needed(kernels).equals(Set.of(PORTABLE));
    Level level = slow || onlyPortable ? Level.WARNING : Level.INFO;
    return new Selected(kernels, level, List.copyOf(problems));
  }

  /** Names of what computes the operations that every model needs, whatever its weights. */
  private static Set<String> needed(Kernels kernels) {
    return Stream.of(
            kernels.product(WeightFormat.FLOAT32).name(),
            kernels.attentionStep().name(),
            kernels.rows().name())
        .collect(Collectors.toSet());
  }

  /** The providers that a choice permits, by ascending rank. */
  private static List<KernelProvider> upTo(String choice, List<KernelProvider> providers) {
    if (choice.equals(AUTO)) {
      return providers;
    }
    if (choice.equals(PORTABLE)) {
      return List.of();
    }
    for (int i = 0; i < providers.size(); i++) {
      if (providers.get(i).name().equals(choice)) {
        return providers.subList(0, i + 1);
      }
    }
    throw new IllegalArgumentException(
        "no kernels named '%s'; there are %s".formatted(choice, names(providers)));
  }

  /** All that are on the path, by ascending rank. */
  private static List<KernelProvider> providers() {
    var found = new ArrayList<KernelProvider>();
    ClassLoader loader = KernelSelection.class.getClassLoader();
    var iterator = ServiceLoader.load(KernelProvider.class, loader).iterator();
    while (true) {
      try {
        if (!iterator.hasNext()) {
          break;
        }
        found.add(iterator.next());
      } catch (ServiceConfigurationError e) {
        logger().log(Level.WARNING, "A provider of kernels cannot be loaded", e);
      }
    }
    for (String name : OWN_PROVIDERS) {
      if (found.stream().noneMatch(provider -> provider.getClass().getName().equals(name))) {
        provider(name, loader).ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparingInt(KernelProvider::rank));
    return found;
  }

  /** The provider of a class; empty if there is none, or it cannot be made. */
  private static Optional<KernelProvider> provider(String className, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(className, true, loader);
      return Optional.of((KernelProvider) type.getConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError e) {
      return Optional.empty();
    }
  }

  /** Made when it is needed, since the first logger of a JVM takes longer than the selection. */
  private static System.Logger logger() {
    return System.getLogger(KernelSelection.class.getName());
  }

  private static String names(List<KernelProvider> providers) {
    var names = new ArrayList<String>();
    names.add(AUTO);
    providers.reversed().forEach(p -> names.add(p.name()));
    names.add(PORTABLE);
    return String.join(", ", names);
  }
}

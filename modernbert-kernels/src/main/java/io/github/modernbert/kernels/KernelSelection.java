package io.github.modernbert.kernels;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Chooses kernels by name, and says once when the fast ones cannot be had. */
public final class KernelSelection {
  /** The best that runs here. */
  public static final String AUTO = "auto";

  /** The plain loops. */
  public static final String PORTABLE = "portable";

  private static final System.Logger LOG = System.getLogger(KernelSelection.class.getName());
  private static volatile boolean told;

  private KernelSelection() {}

  /**
   * The kernels of a name.
   *
   * @param choice {@value #AUTO}, {@value #PORTABLE} or the name of a provider such as {@code
   *     codegen} or {@code vector}
   * @throws IllegalArgumentException if there are none of that name
   * @throws UnsupportedOperationException if they cannot run here; says what to do about it
   */
  public static Kernels select(String choice) {
    if (choice.equals(PORTABLE)) {
      return new PortableKernels();
    }
    List<KernelProvider> providers = providers();
    if (choice.equals(AUTO)) {
      return best(providers);
    }
    for (KernelProvider provider : providers) {
      if (provider.name().equals(choice)) {
        provider
            .obstacle()
            .ifPresent(reason -> {
              throw new UnsupportedOperationException(
                  "the %s kernels cannot run: %s".formatted(choice, reason));
            });
        return provider.create();
      }
    }
    throw new IllegalArgumentException(
        "no kernels named '%s'; there are %s".formatted(choice, names(providers)));
  }

  /**
   * The best that runs here of those with a lower rank: what kernels that do not implement every
   * loop leave to others.
   */
  public static BlockKernels below(int rank) {
    Kernels best = best(providers().stream().filter(p -> p.rank() < rank).toList());
    return best instanceof BlockKernels kernels ? kernels : new PortableKernels();
  }

  private static Kernels best(List<KernelProvider> providers) {
    var obstacles = new ArrayList<String>();
    for (KernelProvider provider : providers) {
      var obstacle = provider.obstacle();
      if (obstacle.isEmpty()) {
        Kernels kernels = provider.create();
        tell(Level.INFO, obstacles, kernels);
        return kernels;
      }
      obstacles.add("the %s kernels cannot run: %s".formatted(provider.name(), obstacle.get()));
    }
    var portable = new PortableKernels();
    tell(Level.WARNING, obstacles, portable);
    return portable;
  }

  private static void tell(Level level, List<String> obstacles, Kernels kernels) {
    if (!told && !obstacles.isEmpty()) {
      told = true;
      LOG.log(level, "Using {0} kernels; {1}", kernels.name(), String.join("; ", obstacles));
    }
  }

  private static List<KernelProvider> providers() {
    var found = new ArrayList<KernelProvider>();
    var iterator =
        ServiceLoader.load(KernelProvider.class, KernelSelection.class.getClassLoader()).iterator();
    while (true) {
      try {
        if (!iterator.hasNext()) {
          break;
        }
        found.add(iterator.next());
      } catch (ServiceConfigurationError e) {
        LOG.log(Level.WARNING, "A provider of kernels cannot be loaded", e);
      }
    }
    found.sort(Comparator.comparingInt(KernelProvider::rank).reversed());
    return found;
  }

  private static String names(List<KernelProvider> providers) {
    var names = new ArrayList<String>();
    names.add(AUTO);
    providers.forEach(p -> names.add(p.name()));
    names.add(PORTABLE);
    return String.join(", ", names);
  }
}

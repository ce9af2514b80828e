package io.github.modernbert.vectors;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors with what is worth keeping when they are compared again and again: their lengths, and if
 * memory allows the vectors as panels. Safe for use by several threads.
 */
public final class VectorSet {
  /** The part of the heap that panels of one set may take. */
  private static final int HEAP_SHARE = 8;

  private final VectorRows rows;
  private volatile double @Nullable [] lengths;
  private volatile @Nullable List<Panel> panels;

  /** Nothing is computed yet. */
  public VectorSet(VectorRows rows) {
    this.rows = rows;
  }

  /** The vectors. */
  public VectorRows rows() {
    return rows;
  }

  /** The Euclidean length of each vector, as {@link Score#length} has it; not to be changed. */
  double[] lengths() {
    double[] known = lengths;
    if (known == null) {
      known = new double[rows.size()];
      var squares = new float[RowProducts.WIDTH];
      var products = new RowProducts(rows);
      for (int run = 0; run < products.runCount(); run++) {
        int first = run * RowProducts.WIDTH;
        int count = products.squares(first, squares);
        for (int i = 0; i < count; i++) {
          known[first + i] = Math.sqrt(squares[i]);
        }
      }
      lengths = known;
    }
    return known;
  }

  /** How many panels the vectors make. */
  int panelCount() {
    return Math.ceilDiv(rows.size(), Panel.WIDTH);
  }

  /** All vectors as panels, which are kept; null if they would take too much memory. */
  @Nullable List<Panel> keptPanels() {
    List<Panel> kept = panels;
    if (kept == null && isSmall()) {
      kept = new ArrayList<>();
      for (int i = 0; i < panelCount(); i++) {
        kept.add(new Panel(rows).fill(rows, i * Panel.WIDTH));
      }
      panels = kept;
    }
    return kept;
  }

  /** Gives out the panels in their order, each valid until the next one is asked for. */
  Panels panels() {
    List<Panel> kept = keptPanels();
    if (kept != null) {
      return kept::get;
    }
    var memory = new Panel(rows);
    return i -> memory.fill(rows, i * Panel.WIDTH);
  }

  private boolean isSmall() {
    long bytes = (long) panelCount() * Panel.WIDTH * rows.dimension() * Float.BYTES;
    return rows instanceof VectorRows.InMemory
        && bytes <= Runtime.getRuntime().maxMemory() / HEAP_SHARE;
  }

  /** The panels of a set by their number. */
  @FunctionalInterface
  interface Panels {
    Panel get(int index);
  }
}

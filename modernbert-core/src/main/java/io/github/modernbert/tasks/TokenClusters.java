package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.weights.TokenPooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Makes one vector of those of similar tokens: {@code token_pooling.py} of sentence-transformers,
 * Ward's clustering of cosine distances as {@code scipy.cluster.hierarchy} does it (nearest
 * neighbour chains, Müllner, arXiv:1109.2378). Takes time and memory in the square of the number of
 * tokens: 8 bytes for each pair.
 */
final class TokenClusters {
  private static final int MOST_VECTORS = 1 << 15;

  /**
   * The vectors of a text's clusters.
   *
   * @param vectors in the order of the clusters
   * @param first the first vector of each cluster
   */
  record Pooled(float[][] vectors, int[] first) {}

  private TokenClusters() {}

  /** Pools the vectors of one text, which have length 1. */
  static Pooled pool(float[][] vectors, TokenPooling settings) {
    int[] cluster = clusters(vectors, settings);
    int count = Arrays.stream(cluster).max().orElse(-1) + 1;
    var pooled = new float[count][];
    var sizes = new int[count];
    var first = new int[count];
    for (int t = 0; t < vectors.length; t++) {
      int c = cluster[t];
      if (sizes[c]++ == 0) {
        pooled[c] = vectors[t].clone();
        first[c] = t;
      } else {
        for (int i = 0; i < pooled[c].length; i++) {
          pooled[c][i] += vectors[t][i];
        }
      }
    }
    for (int c = 0; c < count; c++) {
      for (int i = 0; i < pooled[c].length; i++) {
        pooled[c][i] /= sizes[c];
      }
      if (settings.normalize()) {
        Vectors.normalize(pooled[c]);
      }
    }
    return new Pooled(pooled, first);
  }

  /** The number of the cluster of each vector; those that are protected come first, each alone. */
  private static int[] clusters(float[][] vectors, TokenPooling settings) {
    int kept = Math.min(settings.protectedTokens(), vectors.length);
    int count = vectors.length - kept;
    int wanted = Math.max(1, (int) floorDivision(count, settings.factor()));
    var cluster = new int[vectors.length];
    for (int t = 0; t < vectors.length; t++) {
      cluster[t] = t;
    }
    if (settings.factor() > 1 && wanted < count) {
      int[] found = wardClusters(Arrays.copyOfRange(vectors, kept, vectors.length), wanted);
      for (int t = 0; t < count; t++) {
        cluster[kept + t] = kept + found[t];
      }
    }
    return cluster;
  }

  /** Python's division of floats that rounds down, which is exact. */
  private static double floorDivision(double a, double b) {
    return Math.rint((a - a % b) / b);
  }

  /** Two clusters that become one; smaller than the number of vectors: a vector alone. */
  private record Merge(int left, int right, double distance) {}

  private static int[] wardClusters(float[][] vectors, int wanted) {
    int n = vectors.length;
    if (n > MOST_VECTORS) {
      throw new IllegalArgumentException(
          "the vectors of at most %d tokens can be pooled, found %d".formatted(MOST_VECTORS, n));
    }
    List<Merge> merges = numbered(chain(distances(vectors), n), n);
    // As many merges as leave the wanted number; of equal distances all or none.
    double limit = merges.get(n - 1 - wanted).distance();
    return labels(merges, limit, n);
  }

  /** 1 − cosine of each pair, in float32 as the reference has it: the lower triangle by rows. */
  private static double[] distances(float[][] vectors) {
    int n = vectors.length;
    var distances = new double[n * (n - 1) / 2];
    for (int i = 1; i < n; i++) {
      for (int j = 0; j < i; j++) {
        float distance = 1 - Reduction.dot(vectors[i], vectors[j]);
        distances[place(i, j)] = Math.clamp(distance, 0f, 2f);
      }
    }
    return distances;
  }

  private static int place(int a, int b) {
    int large = Math.max(a, b);
    return large * (large - 1) / 2 + Math.min(a, b);
  }

  /** The merges in the order in which chains of nearest neighbours find them, by slots. */
  private static List<Merge> chain(double[] distances, int n) {
    var sizes = new int[n];
    Arrays.fill(sizes, 1);
    var chain = new int[n];
    int length = 0;
    var merges = new ArrayList<Merge>(n - 1);
    while (merges.size() < n - 1) {
      if (length == 0) {
        while (sizes[chain[0]] == 0) {
          chain[0]++;
        }
        length = 1;
      }
      int x;
      int y;
      double nearest;
      while (true) {
        x = chain[length - 1];
        // The one before is preferred among equals, so that chains end.
        int before = length > 1 ? chain[length - 2] : -1;
        y = before;
        nearest = before < 0 ? Double.POSITIVE_INFINITY : distances[place(x, before)];
        for (int i = 0; i < n; i++) {
          if (sizes[i] > 0 && i != x && distances[place(x, i)] < nearest) {
            nearest = distances[place(x, i)];
            y = i;
          }
        }
        if (y == before) {
          break;
        }
        chain[length++] = y;
      }
      length -= 2;
      int gone = Math.min(x, y);
      int grown = Math.max(x, y);
      merges.add(new Merge(gone, grown, nearest));
      merge(distances, sizes, gone, grown, nearest);
      if (length == 0) {
        chain[0] = 0;
      }
    }
    return merges;
  }

  /** Ward's distances of all others to the cluster that two become. */
  private static void merge(double[] distances, int[] sizes, int gone, int grown, double between) {
    int goneSize = sizes[gone];
    int grownSize = sizes[grown];
    sizes[gone] = 0;
    sizes[grown] = goneSize + grownSize;
    for (int i = 0; i < sizes.length; i++) {
      int size = sizes[i];
      if (size > 0 && i != grown) {
        double t = 1.0 / (goneSize + grownSize + size);
        double toGone = distances[place(i, gone)];
        double toGrown = distances[place(i, grown)];
        distances[place(i, grown)] =
            Math.sqrt(
                (size + goneSize) * t * toGone * toGone
                    + (size + grownSize) * t * toGrown * toGrown
                    - size * t * between * between);
      }
    }
  }

  /** The merges by distance, of clusters that are numbered from n in this order. */
  private static List<Merge> numbered(List<Merge> merges, int n) {
    var parent = new int[2 * n - 1];
    for (int i = 0; i < parent.length; i++) {
      parent[i] = i;
    }
    var numbered = new ArrayList<Merge>(n - 1);
    for (Merge merge :
        merges.stream().sorted(Comparator.comparingDouble(Merge::distance)).toList()) {
      int left = root(parent, merge.left());
      int right = root(parent, merge.right());
      int cluster = n + numbered.size();
      parent[left] = cluster;
      parent[right] = cluster;
      numbered.add(new Merge(Math.min(left, right), Math.max(left, right), merge.distance()));
    }
    return numbered;
  }

  private static int root(int[] parent, int node) {
    int root = node;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }

  /**
   * Numbers the clusters that are left when no merge beyond a distance is made, in the order of
   * {@code fcluster}: depth first, of each merge the clusters before the vectors that stand alone.
   */
  private static int[] labels(List<Merge> merges, double limit, int n) {
    var labels = new int[n];
    var stack = new int[n];
    var isEntered = new boolean[2 * n - 1];
    int depth = 0;
    int next = 0;
    int leader = -1;
    stack[0] = 2 * n - 2;
    while (depth >= 0) {
      int node = stack[depth];
      Merge merge = merges.get(node - n);
      if (leader < 0 && merge.distance() <= limit) {
        leader = node;
        next++;
      }
      int child = -1;
      for (int candidate : new int[] {merge.right(), merge.left()}) {
        if (candidate >= n && !isEntered[candidate]) {
          child = candidate;
        }
      }
      if (child >= 0) {
        isEntered[child] = true;
        stack[++depth] = child;
        continue;
      }
      for (int leaf : new int[] {merge.left(), merge.right()}) {
        if (leaf < n) {
          next += leader < 0 ? 1 : 0;
          labels[leaf] = next - 1;
        }
      }
      if (leader == node) {
        leader = -1;
      }
      depth--;
    }
    return labels;
  }
}

/**
 * Benchmarks that check what they compute. Each measures a workload class of plain Java, which a
 * unit test runs as well; after it was timed its last result is compared with an independent
 * computation, and one that is wrong ends the run.
 */
package io.github.modernbert.bench;

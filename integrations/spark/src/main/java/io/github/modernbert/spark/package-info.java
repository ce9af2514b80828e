/**
 * Apache Spark's transformers and SQL functions on ModernBERT, computed inside the executors' JVMs:
 * {@link io.github.modernbert.spark.ModernBertEmbedder} and its siblings, and {@link
 * io.github.modernbert.spark.ModernBert#register} for SQL.
 *
 * <p>Each executor loads a model once and shares it between its tasks. The values of a row have the
 * bits of the direct call, whatever the partitions, the order and the number of executors, so a
 * task that is run again gives the same rows.
 *
 * <p>The jar has no module descriptor: Spark runs on the class path.
 */
@NullMarked
package io.github.modernbert.spark;

import org.jspecify.annotations.NullMarked;

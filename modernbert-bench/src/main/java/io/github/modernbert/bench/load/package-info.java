/** A load generator for servers of embeddings. */
package io.github.modernbert.bench.load;

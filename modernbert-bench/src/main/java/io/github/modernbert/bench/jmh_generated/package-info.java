/** The code that JMH generates; it knows nothing of nullness. */
@NullUnmarked
package io.github.modernbert.bench.jmh_generated;

import org.jspecify.annotations.NullUnmarked;

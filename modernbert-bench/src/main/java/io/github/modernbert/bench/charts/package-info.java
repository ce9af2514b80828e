/** Pictures and tables of the documentation, drawn from the results that machines left. */
package io.github.modernbert.bench.charts;

/** A folder of text to vectors to nearest neighbours, with Apache Spark. */
@NullMarked
package io.github.modernbert.examples.spark;

import org.jspecify.annotations.NullMarked;

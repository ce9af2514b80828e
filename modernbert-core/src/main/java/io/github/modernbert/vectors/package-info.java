/** Vectors as values: where they lie, how they are compared, and their files. */
package io.github.modernbert.vectors;

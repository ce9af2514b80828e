/** Internal: how sequences are laid end to end and cut into pieces of work. */
package io.github.modernbert.packing;

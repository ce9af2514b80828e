/** Writers of vectors and result lines, and files that appear only when they are complete. */
package io.github.modernbert.cli.output;

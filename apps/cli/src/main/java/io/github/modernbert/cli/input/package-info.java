/** Readers of texts and token ids, line by line. */
package io.github.modernbert.cli.input;

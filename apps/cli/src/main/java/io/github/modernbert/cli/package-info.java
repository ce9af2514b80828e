/** The {@code modernbert} program: its entry point. */
package io.github.modernbert.cli;

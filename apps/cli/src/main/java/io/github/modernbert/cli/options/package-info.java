/** Groups of command-line options that several commands share. */
package io.github.modernbert.cli.options;

/** The process's streams, progress on the terminal, and error messages with their exit codes. */
package io.github.modernbert.cli.console;

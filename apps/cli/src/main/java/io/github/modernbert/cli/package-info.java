/** The commands, the lines they read and the formats they write. */
package io.github.modernbert.cli;

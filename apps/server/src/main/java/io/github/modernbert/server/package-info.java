/** The {@code modernbert serve} command: from its arguments to its exit code. */
package io.github.modernbert.server;

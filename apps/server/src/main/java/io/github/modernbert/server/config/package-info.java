/** Settings: flags before environment variables before a file before defaults. */
package io.github.modernbert.server.config;

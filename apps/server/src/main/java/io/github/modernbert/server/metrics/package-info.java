/** The metrics of the server, and the text in which Prometheus reads them. */
package io.github.modernbert.server.metrics;

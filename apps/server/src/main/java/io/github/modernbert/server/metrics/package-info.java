/** What is counted, and the text in which Prometheus reads it. */
package io.github.modernbert.server.metrics;

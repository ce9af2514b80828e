/** Requests and responses: routing, limits, keys, errors, JSON, and Jetty below them. */
package io.github.modernbert.server.http;

/**
 * The parts that the APIs have in common: choosing a model, reading inputs, computing, answering.
 */
package io.github.modernbert.server.api;

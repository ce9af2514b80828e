/**
 * Internal: the forward pass over packed sequences, its weights and its memory. Knows no text and
 * no task.
 */
package io.github.modernbert.encoder;

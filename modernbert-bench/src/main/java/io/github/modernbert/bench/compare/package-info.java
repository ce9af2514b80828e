/**
 * Whole models side by side with what people would use instead: the same checkpoint, the same
 * tokens, outputs compared before anything is timed, and turns taken round by round.
 */
package io.github.modernbert.bench.compare;

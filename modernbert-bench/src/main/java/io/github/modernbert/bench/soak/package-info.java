/**
 * Uses a model for a long time as badly as programs do, and prints what it leaves behind: resident
 * memory, threads, and calls that ended as they should not.
 */
package io.github.modernbert.bench.soak;

/** The computation of tasks: from texts to token sequences, and from hidden states to results. */
package io.github.modernbert.tasks;

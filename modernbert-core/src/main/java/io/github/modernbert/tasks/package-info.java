/** How tasks are done: from texts to sequences, and from hidden states to results. */
package io.github.modernbert.tasks;

/** Routes of our own, for the tasks that the other APIs do not have. */
package io.github.modernbert.server.api.tasks;

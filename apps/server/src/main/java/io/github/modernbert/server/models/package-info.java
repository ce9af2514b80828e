/** The models that are served: their names, how they are loaded, whether they are ready. */
package io.github.modernbert.server.models;

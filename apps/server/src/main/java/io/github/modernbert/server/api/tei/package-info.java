/** The API of text-embeddings-inference 1.9. */
package io.github.modernbert.server.api.tei;

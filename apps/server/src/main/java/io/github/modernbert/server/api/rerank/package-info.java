/** Reranking, as text-embeddings-inference, Cohere and Jina have it. */
package io.github.modernbert.server.api.rerank;

/** The embeddings API of OpenAI. */
package io.github.modernbert.server.api.openai;

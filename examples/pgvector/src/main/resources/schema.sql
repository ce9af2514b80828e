CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE IF NOT EXISTS vector_store (
  id uuid PRIMARY KEY,
  content text,
  metadata json,
  embedding vector(384)
);

CREATE INDEX IF NOT EXISTS vector_store_by_cosine ON vector_store USING hnsw (embedding vector_cosine_ops);

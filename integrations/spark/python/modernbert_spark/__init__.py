"""ModernBERT in Spark's own JVMs, from Python.

The classes are those of the jar ``modernbert-spark``, which must be on Spark's class path
(``--packages`` or ``--jars``); no text passes through Python. Parameters are keywords, named as in
Java, and all of them are described by ``explainParams()``::

    from modernbert_spark import ModernBertEmbedder

    embedder = ModernBertEmbedder(model="/models/gte", inputCol="text", outputCol="vector")
    embedder.transform(pages).write.parquet("vectors")

They are stages of a ``pyspark.ml.Pipeline`` as well, and work the same with Spark Connect, if the
jar is on the server's class path.
"""

from modernbert_spark.transformers import (
    ModernBertClassifier,
    ModernBertColBert,
    ModernBertEmbedder,
    ModernBertEntityRecognizer,
    ModernBertReranker,
    ModernBertSparseEncoder,
    register,
)

__all__ = [
    "ModernBertClassifier",
    "ModernBertColBert",
    "ModernBertEmbedder",
    "ModernBertEntityRecognizer",
    "ModernBertReranker",
    "ModernBertSparseEncoder",
    "register",
]

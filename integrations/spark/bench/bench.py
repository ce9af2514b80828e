"""Rows per second of embedding a column: this library in Spark, its plain call, and the same
checkpoint with sentence-transformers in a pandas UDF. See README.md."""

import argparse
import os
import time

import pandas as pd
from pyspark.sql import SparkSession, functions

from modernbert_spark import ModernBertEmbedder

WORDS = "the river runs past the old mill where bread is baked and sold every morning but Sunday".split()


def texts(spark, rows, partitions):
    """Rows of about 15 to 180 words, the same in every run."""
    words = functions.array(*map(functions.lit, WORDS))
    length = (functions.col("id") * 37 % 12 + 1).cast("int")
    text = functions.array_join(functions.flatten(functions.array_repeat(words, length)), " ")
    return spark.range(0, rows, 1, partitions).select(
        "id", functions.concat(functions.col("id").cast("string"), functions.lit(" "), text).alias("text")
    )


def timed(name, rows, action):
    start = time.monotonic()
    action()
    seconds = time.monotonic() - start
    print(f"{name:<44} {rows / seconds:10.1f} rows/s", flush=True)


def consume(frame):
    """Computes all rows and keeps none."""
    frame.write.format("noop").mode("overwrite").save()


def session(args, executors):
    cores = max(1, args.cores // executors)
    builder = (
        SparkSession.builder.master(f"local-cluster[{executors},{cores},{args.memory}]")
        .config("spark.ui.enabled", "false")
        .config("spark.executor.cores", cores)
        .config("spark.executor.memory", f"{args.memory}m")
        .config("spark.executor.extraClassPath", os.environ["MODERNBERT_CLASS_PATH"])
        .config("spark.driver.extraClassPath", os.environ["MODERNBERT_CLASS_PATH"])
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 512)
    )
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def plain(spark, args):
    """The plain call in the driver's JVM, with as many threads as the executors have cores."""
    jvm = spark.sparkContext._jvm
    api = jvm.io.github.modernbert
    embedder = api.TextEmbedder.load(args.model, api.LoadOptions.defaults().threads(args.cores))
    strings = jvm.java.util.ArrayList()
    for row in texts(spark, args.rows, args.cores).collect():
        strings.add(row.text)
    embedder.embed(strings)
    timed("plain call", args.rows, lambda: embedder.embed(strings))
    print("kernels:", embedder.kernels())
    embedder.close()


def pandas_udf(model, threads):
    @functions.pandas_udf("array<float>")
    def embed(column: pd.Series) -> pd.Series:
        import sentence_transformers
        import torch

        # Kept on the module, so that a Python process loads it once for all of its tasks.
        if not hasattr(sentence_transformers, "loaded"):
            torch.set_num_threads(threads)
            sentence_transformers.loaded = sentence_transformers.SentenceTransformer(model, device="cpu")
        return pd.Series(list(sentence_transformers.loaded.encode(column.tolist(), batch_size=32)))

    return embed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="a folder of sentence-transformers")
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="of all executors together")
    parser.add_argument("--memory", type=int, default=2048, help="MB of heap of an executor")
    parser.add_argument("--without-python", action="store_true", help="leaves out the pandas UDF")
    args = parser.parse_args()
    for executors in (1, 2):
        spark = session(args, executors)
        rows = texts(spark, args.rows, 2 * args.cores).cache()
        rows.count()
        embedder = ModernBertEmbedder(model=args.model, inputCol="text", outputCol="vector")
        consume(embedder.transform(rows))
        timed(f"transformer, executors: {executors}", args.rows, lambda: consume(embedder.transform(rows)))
        spark.udf.registerJavaFunction(
            "embed", "io.github.modernbert.spark.EmbedFunction", "array<float>"
        )
        few = rows.limit(max(1, args.rows // 10)).repartition(2 * args.cores).cache()
        count = few.count()
        call = functions.expr(f"embed(text, '{args.model}')")
        timed(f"function of SQL, executors: {executors}", count, lambda: consume(few.select(call)))
        if not args.without_python:
            # One Python process for each task: their threads share the executor's cores.
            embed = pandas_udf(args.model, 1)
            consume(few.select(embed("text")))
            timed(
                f"pandas UDF, executors: {executors}",
                args.rows,
                lambda: consume(rows.select(embed("text"))),
            )
        if executors == 1:
            plain(spark, args)
        spark.stop()


if __name__ == "__main__":
    main()

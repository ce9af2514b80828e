"""Rows per second of embedding a column: this library in Spark, its plain call, and the same
checkpoint with sentence-transformers in a pandas UDF. See README.md."""

import argparse
import os
import statistics
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


def consume(frame):
    """Computes all rows and keeps none."""
    frame.write.format("noop").mode("overwrite").save()


def session(args):
    """One executor in this JVM with all cores, or several in JVMs of their own that share them."""
    cores = max(1, args.cores // max(1, args.executors))
    master = f"local-cluster[{args.executors},{cores},{args.memory}]" if args.executors else f"local[{cores}]"
    spark = (
        SparkSession.builder.master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.executor.cores", cores)
        .config("spark.executor.memory", f"{args.memory}m")
        .config("spark.driver.memory", f"{args.memory}m")
        .config("spark.executor.extraClassPath", os.environ["MODERNBERT_CLASS_PATH"])
        .config("spark.driver.extraClassPath", os.environ["MODERNBERT_CLASS_PATH"])
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 512)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    print("master:", master, flush=True)
    return spark


def plain_call(spark, args, rows):
    """The plain call in the driver's JVM, with as many threads as the executors have cores."""
    jvm = spark.sparkContext._jvm
    api = jvm.io.github.modernbert
    embedder = api.TextEmbedder.load(args.model, api.LoadOptions.defaults().threads(args.cores))
    print("kernels:", embedder.kernels())
    strings = jvm.java.util.ArrayList()
    for row in rows.collect():
        strings.add(row.text)
    return lambda: embedder.embed(strings)


def pandas_udf(model, threads):
    @functions.pandas_udf("array<float>")
    def embed(column: pd.Series) -> pd.Series:
        import sentence_transformers
        import torch

        # Kept on the module, so that a Python process loads it once for all of its tasks.
        if not hasattr(sentence_transformers, "loaded"):
            torch.set_num_threads(threads)
            # Float32 as on our side: by default the type is that of the checkpoint.
            sentence_transformers.loaded = sentence_transformers.SentenceTransformer(
                model, device="cpu", model_kwargs={"dtype": torch.float32}
            )
        return pd.Series(list(sentence_transformers.loaded.encode(column.tolist(), batch_size=32)))

    return embed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="a folder of sentence-transformers")
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=3, help="whose medians are printed")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="of all executors together")
    parser.add_argument("--executors", type=int, default=0, help="JVMs of their own; 0: in the driver's")
    parser.add_argument("--memory", type=int, default=2048, help="MB of heap of an executor")
    parser.add_argument("--without-python", action="store_true", help="leaves out the pandas UDF")
    args = parser.parse_args()
    spark = session(args)
    rows = texts(spark, args.rows, 2 * args.cores).cache()
    rows.count()
    more = [functions.concat(functions.lit(f"{i} and some more words: "), "id").alias(f"c{i}") for i in range(20)]
    wide = rows.select("id", "text", *more).cache()
    wide.count()
    few = rows.limit(max(1, args.rows // 10)).repartition(2 * args.cores).cache()
    count = few.count()
    embedder = ModernBertEmbedder(model=args.model, inputCol="text", outputCol="vector")
    spark.udf.registerJavaFunction("embed", "io.github.modernbert.spark.EmbedFunction", "array<float>")
    call = functions.expr(f"embed(text, '{args.model}')")
    contestants = {
        "plain call": (args.rows, plain_call(spark, args, rows)),
        "transformer": (args.rows, lambda: consume(embedder.transform(rows))),
        "transformer, 20 columns more": (args.rows, lambda: consume(embedder.transform(wide))),
        "function of SQL": (count, lambda: consume(few.select(call))),
    }
    if not args.without_python:
        # One Python process for each task: their threads share the cores.
        embed = pandas_udf(args.model, 1)
        contestants["pandas UDF"] = (args.rows, lambda: consume(rows.select(embed("text"))))
    rates = {name: [] for name in contestants}
    for round in range(args.rounds + 1):
        for name, (size, action) in contestants.items():
            start = time.monotonic()
            action()
            if round > 0:  # Before that models are loaded and code is compiled.
                rates[name].append(size / (time.monotonic() - start))
    plain = statistics.median(rates["plain call"])
    for name, found in rates.items():
        median = statistics.median(found)
        print(f"{name:<30} {median:10.1f} rows/s {median / plain:8.2f} of the plain call", flush=True)
    spark.stop()


if __name__ == "__main__":
    main()

"""Tries the Python package against a real PySpark, classic or Connect. Not part of the build.

    PYTHONPATH=integrations/spark/python python cross_check.py JARS MODEL [--connect]

JARS are the jars of the library with commas between, MODEL is a folder of sentence-transformers.
Needs pyspark 4.2 (with --connect also pandas, pyarrow and grpcio) and a JDK 25 in JAVA_HOME.
"""

import sys
import tempfile

from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession

from modernbert_spark import ModernBertEmbedder, register

jars, model = sys.argv[1:3]
connect = "--connect" in sys.argv
builder = SparkSession.builder.config("spark.jars", jars).config("spark.driver.memory", "1g")
spark = (builder.remote("local[2]") if connect else builder.master("local[2]")).getOrCreate()

frame = spark.createDataFrame([(1, "Bread is sold here."), (2, None), (3, "")], "id int, text string")
embedder = ModernBertEmbedder(
    model=model, inputCol="text", outputCol="vector", normalize=True, maxLength=16, tokensCol="tokens"
)
rows = embedder.transform(frame).orderBy("id").collect()
assert rows[1].vector is None and rows[1].tokens is None
assert len(rows[0].vector) == len(rows[2].vector) > 0
print("transform", rows[0].tokens, rows[0].vector[:3])

many = ModernBertEmbedder(model=model, inputCols=["text"], outputCols=["v"], dimensions=4)
assert len(many.transform(frame).orderBy("id").first().v) == 4
print("lists and numbers")

long = spark.createDataFrame([("word " * 50,)], "text string")
refusing = embedder.copy({embedder.errorCol: "problem", embedder.truncate: False})
print("refused:", refusing.transform(long).first().problem)

fitted = Pipeline(stages=[embedder]).fit(frame)
assert fitted.transform(frame).orderBy("id").collect() == rows
with tempfile.TemporaryDirectory() as folder:
    embedder.save(folder + "/stage")
    loaded = ModernBertEmbedder.load(folder + "/stage")
    assert loaded.uid == embedder.uid
    assert loaded.transform(frame).orderBy("id").collect() == rows
    fitted.save(folder + "/pipeline")
    assert PipelineModel.load(folder + "/pipeline").transform(frame).orderBy("id").collect() == rows
print("saved and loaded")

if not connect:
    java = spark._jvm.io.github.modernbert.spark.ModernBertEmbedder("from-java").setInputCol("text")
    stages = spark.sparkContext._gateway.new_array(spark._jvm.org.apache.spark.ml.PipelineStage, 1)
    stages[0] = java
    with tempfile.TemporaryDirectory() as folder:
        spark._jvm.org.apache.spark.ml.Pipeline().setStages(stages).save(folder + "/java")
        stage = ModernBertEmbedder.load(folder + "/java/stages/0_from-java")
        assert stage.uid == "from-java" and stage.getOrDefault("inputCol") == "text"
    print("loaded what Java saved")

register(spark, "embed")
first = spark.sql(f"SELECT embed('Bread is sold here.', '{model}') AS v").first().v
assert len(first) == len(rows[0].vector)
print("function of SQL")

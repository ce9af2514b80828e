"""The transformers: parameters and documentation. What they do is done by Java."""

from typing import Any, List, Optional

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import DefaultParamsReader, DefaultParamsWritable, MLReadable
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql import SparkSession

_PACKAGE = "io.github.modernbert.spark."


def _text(name: str, doc: str) -> "Param[str]":
    return Param(Params._dummy(), name, doc, TypeConverters.toString)


def _number(name: str, doc: str) -> "Param[int]":
    return Param(Params._dummy(), name, doc, TypeConverters.toInt)


def _flag(name: str, doc: str) -> "Param[bool]":
    return Param(Params._dummy(), name, doc, TypeConverters.toBoolean)


def _texts(name: str, doc: str) -> "Param[List[str]]":
    return Param(Params._dummy(), name, doc, TypeConverters.toListString)


class _Reader(DefaultParamsReader):
    """Reads what was saved from Python or from Java."""

    def load(self, path: str) -> Any:
        metadata = DefaultParamsReader.loadMetadata(path, self.sparkSession)
        instance = self.cls()
        instance._resetUid(metadata["uid"])
        DefaultParamsReader.getAndSetParams(instance, metadata)
        return instance


class _ModernBertTransformer(JavaTransformer, MLReadable, DefaultParamsWritable):
    """What the transformers have in common.

    A null text gives a null result; the empty text is a text. All columns of the dataset pass
    through. A job that fails has the message of the JVM's exception.
    """

    model = _text(
        "model",
        "the model: a folder's path on every node, the name of a folder among the application's"
        " files (addFile, --archives), a folder of a Hadoop file system (hdfs://, s3a://), or a"
        " name such as organisation/name",
    )
    precision = _text("precision", "what linear layers are computed in: float32 or int8")
    weights = _text("weights", "how other weights are kept in memory: float32 or bfloat16")
    tokenBudget = _number("tokenBudget", "how many tokens are computed together at most")
    threads = _number(
        "threads", "how many threads compute the model; by default the cores of the executor"
    )
    maxLength = _number(
        "maxLength",
        "tokens of an input that are read, special ones included; by default as the model takes",
    )
    truncate = _flag("truncate", "whether inputs that are too long are cut, or refused")
    outputCol = _text("outputCol", "name of the column of results")
    tokensCol = _text("tokensCol", "name of a column for the number of tokens that were read")
    truncatedCol = _text("truncatedCol", "name of a column that says whether the input was cut")
    errorCol = _text(
        "errorCol",
        "name of a column for the reason why a row was refused; without it such a row ends the job",
    )

    def _start(self) -> None:
        """Makes the Java object and sets the keywords of the constructor."""
        self._java_obj = self._new_java_obj(_PACKAGE + type(self).__name__, self.uid)
        self._set(**self._input_kwargs)

    def setParams(self, **params: Any) -> "_ModernBertTransformer":
        """Sets parameters by their names."""
        return self._set(**params)

    @classmethod
    def read(cls) -> _Reader:
        """Reads a transformer that was saved from Python or from Java."""
        return _Reader(cls)


class ModernBertEmbedder(_ModernBertTransformer):
    """Adds the vectors of texts, as ``array<float>`` or, with ``mlVector``, as ML vectors.

    Without a model the one of the artifact ``modernbert-mini`` is used. Several columns of texts
    are computed together with ``inputCols`` and ``outputCols`` in place of ``inputCol`` and
    ``outputCol``.
    """

    inputCol = _text("inputCol", "name of the column of texts")
    inputCols = _texts("inputCols", "names of several columns of texts")
    outputCols = _texts("outputCols", "names of the columns of results for inputCols")
    prompt = _text("prompt", "name of the model's prompt that is put before each text")
    promptText = _text(
        "promptText", "text that is put before each text instead of a prompt of the model"
    )
    dimensions = _number("dimensions", "how many dimensions of a vector are kept")
    normalize = _flag("normalize", "whether vectors are scaled to length 1")
    mlVector = _flag("mlVector", "whether results are vectors of Spark's ML library")

    @keyword_only
    def __init__(
        self,
        *,
        model: Optional[str] = None,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        inputCols: Optional[List[str]] = None,
        outputCols: Optional[List[str]] = None,
        prompt: Optional[str] = None,
        promptText: Optional[str] = None,
        dimensions: Optional[int] = None,
        normalize: Optional[bool] = None,
        mlVector: Optional[bool] = None,
        maxLength: Optional[int] = None,
        truncate: Optional[bool] = None,
        precision: Optional[str] = None,
        weights: Optional[str] = None,
        tokenBudget: Optional[int] = None,
        threads: Optional[int] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        errorCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start()


class ModernBertReranker(_ModernBertTransformer):
    """Adds the scores of pairs of a query and a document, as ``float``.

    A row with a null query or document has a null score.
    """

    queryCol = _text("queryCol", "name of the column of queries")
    documentCol = _text("documentCol", "name of the column of documents")
    prompt = _text("prompt", "name of the model's prompt that is put before each query")
    promptText = _text(
        "promptText", "text that is put before each query instead of a prompt of the model"
    )
    scoreFunction = _text("scoreFunction", "what is made of logits: softmax, sigmoid or none")

    @keyword_only
    def __init__(
        self,
        *,
        model: Optional[str] = None,
        queryCol: Optional[str] = None,
        documentCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        prompt: Optional[str] = None,
        promptText: Optional[str] = None,
        scoreFunction: Optional[str] = None,
        maxLength: Optional[int] = None,
        truncate: Optional[bool] = None,
        precision: Optional[str] = None,
        weights: Optional[str] = None,
        tokenBudget: Optional[int] = None,
        threads: Optional[int] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        errorCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start()


class ModernBertClassifier(_ModernBertTransformer):
    """Adds the labels of texts, or of pairs of texts, best first.

    The column is ``array<struct<label: string, score: float>>``.
    """

    inputCol = _text("inputCol", "name of the column of texts")
    pairCol = _text("pairCol", "name of a column of texts that are read behind those of inputCol")
    topK = _number("topK", "how many labels are kept")
    scoreFunction = _text("scoreFunction", "what is made of logits: softmax, sigmoid or none")

    @keyword_only
    def __init__(
        self,
        *,
        model: Optional[str] = None,
        inputCol: Optional[str] = None,
        pairCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        topK: Optional[int] = None,
        scoreFunction: Optional[str] = None,
        maxLength: Optional[int] = None,
        truncate: Optional[bool] = None,
        precision: Optional[str] = None,
        weights: Optional[str] = None,
        tokenBudget: Optional[int] = None,
        threads: Optional[int] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        errorCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start()


class ModernBertEntityRecognizer(_ModernBertTransformer):
    """Adds the entities of texts, in the order of the text.

    The column is ``array<struct<label: string, score: float, start: int, end: int, text:
    string>>``; ``start`` and ``end`` are indices of a Python string.
    """

    inputCol = _text("inputCol", "name of the column of texts")
    aggregation = _text(
        "aggregation", "how tokens become entities: none, simple, first, average or max"
    )
    ignoreLabels = _texts("ignoreLabels", "labels that are left out")
    stride = _number(
        "stride",
        "tokens that each window shares with the one before; texts that are too long are then read"
        " in windows",
    )

    @keyword_only
    def __init__(
        self,
        *,
        model: Optional[str] = None,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        aggregation: Optional[str] = None,
        ignoreLabels: Optional[List[str]] = None,
        stride: Optional[int] = None,
        maxLength: Optional[int] = None,
        truncate: Optional[bool] = None,
        precision: Optional[str] = None,
        weights: Optional[str] = None,
        tokenBudget: Optional[int] = None,
        threads: Optional[int] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        errorCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start()


class ModernBertSparseEncoder(_ModernBertTransformer):
    """Adds sparse vectors of texts (SPLADE).

    The column is ``struct<ids: array<int>, weights: array<float>>`` or, with ``mlVector``, a
    sparse vector of Spark's ML library.
    """

    inputCol = _text("inputCol", "name of the column of texts")
    prompt = _text("prompt", "name of the model's prompt that is put before each text")
    promptText = _text(
        "promptText", "text that is put before each text instead of a prompt of the model"
    )
    maxActiveDims = _number("maxActiveDims", "how many weights of a vector are kept, the largest")
    mlVector = _flag("mlVector", "whether results are vectors of Spark's ML library")

    @keyword_only
    def __init__(
        self,
        *,
        model: Optional[str] = None,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        prompt: Optional[str] = None,
        promptText: Optional[str] = None,
        maxActiveDims: Optional[int] = None,
        mlVector: Optional[bool] = None,
        maxLength: Optional[int] = None,
        truncate: Optional[bool] = None,
        precision: Optional[str] = None,
        weights: Optional[str] = None,
        tokenBudget: Optional[int] = None,
        threads: Optional[int] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        errorCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start()


class ModernBertColBert(_ModernBertTransformer):
    """Adds a vector for each token of texts, as ``array<array<float>>``."""

    inputCol = _text("inputCol", "name of the column of texts")
    queries = _flag("queries", "whether texts are read as queries, or as documents")

    @keyword_only
    def __init__(
        self,
        *,
        model: Optional[str] = None,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        queries: Optional[bool] = None,
        maxLength: Optional[int] = None,
        truncate: Optional[bool] = None,
        precision: Optional[str] = None,
        weights: Optional[str] = None,
        tokenBudget: Optional[int] = None,
        threads: Optional[int] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        errorCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start()


def register(spark: SparkSession, name: str = "embed") -> None:
    """Registers a function of SQL: ``embed(text, model)`` gives the vector of a text.

    The model is a folder's path on every node, the name of a folder among the application's files,
    or a model's name; empty for the one of ``modernbert-mini``. Works with Spark Connect too. For
    tables :class:`ModernBertEmbedder` is faster, since it computes texts in batches.
    """
    spark.udf.registerJavaFunction(name, _PACKAGE + "EmbedFunction", "array<float>")

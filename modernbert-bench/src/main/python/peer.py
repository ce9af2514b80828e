"""Runs other implementations of the same model for the benchmark: a line of JSON in, a line of JSON out.

    {"load": "openvino", "folder": ..., "threads": 1}   -> {"seconds": ..., "versions": {...}, "settings": ...}
    {"texts": [[id, ...], ...], "batches": [[0, 1], ...]} -> {}
    {"run": 20}                                          -> {"seconds": [...]}
    {"vectors": true}                                    -> {"vectors": base64 of float32}
    {"memory": true}                                     -> {"resident": bytes, "peak": bytes}

A failure is {"error": ...}; the end of the input ends the process. A run is what a user's program would do: pad each
batch, run the model, average the last hidden states of a text's tokens. Seconds are measured around it here, not by
the process that asks.
"""
import base64
import json
import os
import sys
import time
import traceback

import numpy as np


class Padding:
    """Makes rectangles of texts with what config.json says of the vocabulary.

    Texts are token ids of ModernBERT's vocabulary. In a smaller one they are taken modulo its first part, which keeps
    them apart from special tokens: weights are generated, so that any token is as good as another.
    """

    def __init__(self, folder):
        with open(os.path.join(folder, "config.json")) as file:
            config = json.load(file)
        self.pad = config.get("pad_token_id") or 0
        self.vocabulary = config["vocab_size"]

    def pad_batch(self, texts):
        """input_ids and attention_mask of a batch."""
        longest = max(map(len, texts))
        ids = np.full((len(texts), longest), self.pad, dtype=np.int64)
        mask = np.zeros((len(texts), longest), dtype=np.int64)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = self.known(np.asarray(text))
            mask[row, : len(text)] = 1
        return ids, mask

    def known(self, ids):
        return np.where(ids < self.vocabulary, ids, 1000 + ids % (self.vocabulary // 2))


def mean(hidden, mask):
    """Mean of the real tokens; padding may hold anything."""
    return np.stack([h[: int(m.sum())].mean(axis=0) for h, m in zip(hidden, mask)])


class Peer:
    def __init__(self, folder):
        self.padded = Padding(folder).pad_batch

    def run(self, texts, batches):
        """The vector of each text, computed in the given batches of indices."""
        vectors = [None] * len(texts)
        for batch in batches:
            for index, vector in zip(batch, self.embed([texts[i] for i in batch])):
                vectors[index] = vector
        return np.stack(vectors)


class OnnxRuntime(Peer):
    def __init__(self, folder, threads, file="model.onnx"):
        super().__init__(folder)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            os.path.join(folder, "onnx", file), options, providers=["CPUExecutionProvider"]
        )
        self.versions = {"onnxruntime (Python)": onnxruntime.__version__}
        self.settings = f"{file}, intra-op threads {threads}"

    def embed(self, texts):
        ids, mask = self.padded(texts)
        return mean(self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0], mask)


class OpenVino(Peer):
    def __init__(self, folder, threads, file="onnx/model.onnx"):
        super().__init__(folder)
        import openvino
        import openvino.properties as properties
        import openvino.properties.hint as hint

        compiled = openvino.Core().compile_model(
            os.path.join(folder, file),
            "CPU",
            {
                properties.inference_num_threads: threads,
                hint.performance_mode: hint.PerformanceMode.LATENCY,
                # Without this it would compute in bfloat16 where the processor can.
                hint.inference_precision: openvino.Type.f32,
            },
        )
        precision = compiled.get_property(hint.inference_precision)
        if precision != openvino.Type.f32:
            raise RuntimeError(f"OpenVINO would compute in {precision}")
        self.request = compiled.create_infer_request()
        self.versions = {"openvino": openvino.__version__}
        self.settings = f"{file}, " + ", ".join(
            f"{name} {compiled.get_property(name)}" for name in ("INFERENCE_PRECISION_HINT", "INFERENCE_NUM_THREADS")
        )

    def embed(self, texts):
        ids, mask = self.padded(texts)
        return mean(self.request.infer([ids, mask], share_inputs=True, share_outputs=True)[0], mask)


def torch_with(threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision("highest")
    torch.set_grad_enabled(False)
    return torch


class Torch(Peer):
    def __init__(self, folder, threads, compile=False):
        super().__init__(folder)
        torch = self.torch = torch_with(threads)
        import transformers

        model = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.model = torch.compile(model, dynamic=True) if compile else model
        self.versions = {"torch": torch.__version__, "transformers": transformers.__version__}
        self.settings = (
            f"{model.config._attn_implementation}, threads {torch.get_num_threads()}, matmul precision {torch.get_float32_matmul_precision()}"
            + (", compiled with dynamic shapes" if compile else "")
        )

    def embed(self, texts):
        ids, mask = self.padded(texts)
        with self.torch.inference_mode():
            hidden = self.model(
                input_ids=self.torch.from_numpy(ids), attention_mask=self.torch.from_numpy(mask)
            ).last_hidden_state
        return mean(hidden.numpy(), mask)


class SentenceTransformers(Peer):
    """Takes texts, sorts them by length and cuts them into batches itself; the tokenizer's words are numbers."""

    def __init__(self, folder, threads):
        torch = torch_with(threads)
        import sentence_transformers

        self.model = sentence_transformers.SentenceTransformer(
            folder, device="cpu", model_kwargs={"attn_implementation": "sdpa", "dtype": torch.float32}
        )
        self.versions = {"sentence-transformers": sentence_transformers.__version__}
        self.settings = f"threads {torch.get_num_threads()}"

    def run(self, texts, batches):
        return self.model.encode(
            [" ".join(map(str, text)) for text in texts],
            batch_size=max(map(len, batches)),
            show_progress_bar=False,
        )


PEERS = {
    "onnxruntime-python": OnnxRuntime,
    "onnxruntime-python-int8": lambda folder, threads: OnnxRuntime(folder, threads, "model-int8.onnx"),
    "openvino": OpenVino,
    "openvino-weights-int8": lambda folder, threads: OpenVino(folder, threads, "openvino/weights-int8.xml"),
    "openvino-int8": lambda folder, threads: OpenVino(folder, threads, "openvino/int8.xml"),
    "torch": Torch,
    "torch-compiled": lambda folder, threads: Torch(folder, threads, compile=True),
    "sentence-transformers": SentenceTransformers,
}


class Server:
    def __init__(self):
        self.peer = None
        self.texts = []
        self.batches = []
        self.result = None

    def answer(self, request):
        if "load" in request:
            start = time.perf_counter()
            self.peer = PEERS[request["load"]](request["folder"], request["threads"])
            return {
                "seconds": time.perf_counter() - start,
                "versions": self.peer.versions,
                "settings": self.peer.settings,
            }
        if "texts" in request:
            self.texts = request["texts"]
            self.batches = request["batches"]
            return {}
        if "run" in request:
            seconds = []
            for _ in range(request["run"]):
                start = time.perf_counter()
                self.result = self.peer.run(self.texts, self.batches)
                seconds.append(time.perf_counter() - start)
            return {"seconds": seconds}
        if "vectors" in request:
            return {"vectors": base64.b64encode(self.result.astype("<f4").tobytes()).decode()}
        if "memory" in request:
            return memory()
        raise ValueError(f"unknown request {sorted(request)}")


def memory():
    sizes = {}
    with open("/proc/self/status") as status:
        for line in status:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                sizes[name] = int(value.split()[0]) * 1024
    return {"resident": sizes["VmRSS"], "peak": sizes["VmHWM"]}


def main():
    # Libraries print to standard output: the answers have it for themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server = Server()
    for line in sys.stdin:
        try:
            answer = server.answer(json.loads(line))
        except Exception as e:
            traceback.print_exc()
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()

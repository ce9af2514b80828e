"""Folders of all tasks with one or two changed settings, and what the reference makes of them: <golden-extra>/changed-folders/<task>.jsonl.gz.

    python make_changed_folders.py --golden <golden> --extra <golden-extra> --out <golden-extra>/changed-folders [--seed 1] [--pairs 20]
Every value of the tables below alone, then random pairs of them. A row has `base`, a folder of the golden data; `set` and `remove`, the changed
members of its files; and `results`, texts and numbers in the order in which the task gives them (of sparse vectors the first 50 weights, of the vectors of tokens the first two numbers), or the `error` of the reference. The reference
computes in float32. Not tried: `model_type` in config_sentence_transformers.json, where the reference drops the modules of a model of another kind.
"""
import argparse
import json
import logging
import os
import random
import shutil
import tempfile
import warnings

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
import torch
import transformers
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder
from transformers import pipeline

from common import write_jsonl

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)

ABSENT = "<absent>"
FLOAT32 = {"dtype": torch.float32}
TEXTS = ["", "The baker sold warm bread, ÄÖÜ and [MASK].", " word" * 30]
PAIRS = [("a", "b"), ("The baker sold", "warm bread."), ("x " * 20, "y " * 30)]
MASKED = ["the [MASK] is new.", "a [MASK] b [MASK] of the end"]

ROPE = {"rope_type": "default", "rope_theta": 500.0}
YARN = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 2.0, "original_max_position_embeddings": 64}
LLAMA3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 64, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
FULL, LOCAL = "full_attention", "sliding_attention"

CONFIG = {
    "norm_eps": [1e-12, 0.1, None, ABSENT],
    "hidden_activation": ["silu", "relu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "tanh", "sigmoid", "gelu_fast", "swish", "linear", "gelu_python", "nope", ABSENT],
    "layer_types": [[FULL] * 3, [LOCAL] * 3, [LOCAL, FULL, LOCAL], [FULL], ABSENT],
    "global_attn_every_n_layers": [1, 2],
    "local_attention": [0, 2, 4, 15, 128, ABSENT],
    "sliding_window": [0, 2, 8],
    "rope_parameters": [{FULL: ROPE, LOCAL: ROPE}, {FULL: YARN, LOCAL: ROPE}, {FULL: ROPE, LOCAL: LLAMA3}, {FULL: {**ROPE, "rope_type": "linear", "factor": 2.0}, LOCAL: ROPE}, ROPE, ABSENT],
    "rope_scaling": [None, {"type": "linear", "factor": 2.0}, {"rope_type": "linear", "factor": 4.0}],
    "rope_theta": [500.0],
    "num_hidden_layers": [2, 4],
    "tie_word_embeddings": [True, None],
    "dtype": ["bfloat16", "float32", None],
    "torch_dtype": ["float16"],
    "architectures": [None, [], ["X"], ABSENT],
    "pad_token_id": [None, 0],
    "model_type": ["bert", None],
    "output_attentions": [True],
    "return_dict": [True],
    "attention_dropout": [0.5],
    "mlp_dropout": [0.5],
    "attn_implementation": ["eager"],
    "deterministic_flash_attn": [True],
    "reference_compile": [True],
    "classifier_activation": ["silu", "tanh", "nope"],
    "problem_type": ["regression", "multi_label_classification", "x"],
    "num_labels": [1, 2],
    "id2label": [{"1": "a", "2": "b"}, {"0": "only"}],
}
PASSED_TO_CONFIG = [
    {}, {"norm_eps": 0.1}, {"local_attention": 4}, {"sliding_window": 3}, {"num_hidden_layers": 1}, {"num_hidden_layers": 2, "norm_eps": 0.01}, {"max_position_embeddings": 6},
    {"layer_types": [FULL] * 3}, {"hidden_activation": "silu"}, {"global_attn_every_n_layers": 1}, {"global_rope_theta": 99.0}, {"rope_parameters": {FULL: ROPE, LOCAL: ROPE}},
    {"dtype": "bfloat16"}, {"attn_implementation": "eager"}, {"norm_bias": True}, {"pad_token_id": 0}, {"x": 1}]
PASSED_TO_TOKENIZER = [
    {}, {"model_max_length": 9}, {"truncation_side": "left"}, {"truncation_side": "left", "model_max_length": 7}, {"split_special_tokens": True, "model_max_length": 20},
    {"mask_token": "the"}, {"sep_token": "[CLS]"}, {"extra_special_tokens": ["bread"]}, {"padding_side": "left"}, {"use_fast": True}, {"do_lower_case": True}]
TRANSFORMER = {
    "max_seq_length": [None, 8, 5, 3, 10000, 1e9, "8", ABSENT],
    "do_lower_case": [True, ABSENT],
    "config_args": PASSED_TO_CONFIG,
    "config_kwargs": [{"norm_eps": 0.1}],
    "tokenizer_args": PASSED_TO_TOKENIZER,
    "processor_kwargs": [{"truncation_side": "left", "model_max_length": 6}],
    "processing_kwargs": [{"text": {"max_length": 6}}, {"common": {"max_length": 7}}, {"text": {"padding": True}}],
    "model_args": [{"attn_implementation": "eager"}],
    "transformer_task": ["feature-extraction", "fill-mask"],
    "unpad_inputs": [True, False],
}
TOKENIZER = {
    "model_max_length": [8, 3, 10 ** 30, None, ABSENT],
    "truncation_side": ["left", "right", "x"],
    "padding_side": ["left"],
    "split_special_tokens": [True],
    "sep_token": ["[CLS]", "the", None, ABSENT],
    "cls_token": [None, ABSENT],
    "mask_token": ["the", "[MASK]", {"__type": "AddedToken", "content": "[MASK]", "lstrip": False, "rstrip": True, "normalized": False, "single_word": False}],
    "extra_token": ["bread"],
    "extra_special_tokens": [[], ["bread"], {"a_token": "bread"}, ["bread", "bread"]],
    "additional_special_tokens": [["bread"], None],
    "add_prefix_space": [True],
    "do_lower_case": [True],
    "clean_up_tokenization_spaces": [True, ABSENT],
    "tokenizer_class": ["LlamaTokenizerFast", ABSENT],
}
PROMPTS = {"query": "search: ", "document": "doc: ", "z": "z"}
MODEL = {
    "prompts": [{}, {"query": "q: "}, {"query": "", "document": "d "}, PROMPTS],
    "default_prompt_name": [None, "query", "nope"],
    "similarity_fn_name": [None, "dot", "nope"],
    "truncate_dim": [None, 8, 100],
}
MODES = ["cls", "mean", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
POOLING = {
    "pooling_mode": [*MODES, ["cls", "max"], ["weightedmean", "mean", "lasttoken"], [], "CLS", ABSENT],
    "pooling_mode_max_tokens": [True, False],
    "pooling_mode_lasttoken": [True],
    "include_prompt": [True, False, ABSENT],
    "embedding_dimension": [8, ABSENT],
}
TORCH = "torch.nn.modules.activation."
DENSE = {
    "activation_function": [*(TORCH + name for name in ("GELU", "Sigmoid", "Softmax", "LeakyReLU", "PReLU")), "torch.nn.Tanh", "my.Act", "torch.tanh", ABSENT],
    "bias": [True, False],
    "use_residual": [True, False],
    "module_input_name": ["sentence_embedding", "token_embeddings"],
}
LATE = {
    "query_length": [4, 8, 40, None, ABSENT],
    "document_length": [4, 8, 40, ABSENT],
    "attend_to_expansion_tokens": [True, False, ABSENT],
    "do_query_expansion": [True, False, ABSENT],
    "skiplist_words": [[], ["the", "a"], [".", ","], ABSENT],
    "query_prefix": ["", "[Q] ", "q: ", ABSENT],
    "document_prefix": ["", "d: "],
    "prompts": [{}, {"query": "q: ", "document": "d: "}],
    "similarity_fn_name": ["maxsim", "meanmaxsim"],
}
EXPANDED = {
    "query_length": [4, 40],
    "document_length": [4, 40],
    "max_seq_length": [8, ABSENT],
    "query_expansion": [{"strategy": s, "attend": a, "token": t, "length": n} for s, a, t, n in (("min", True, "[PAD]", 12), ("fixed", False, None, 6), ("fixed", True, "[MASK]", 32))],
    "do_lower_case": [True],
}
SPLADE = {"pooling_strategy": ["max", "sum", "mean"], "activation_function": ["relu", "log1p_relu", "x"]}
HEAD = {
    "classifier_pooling": ["cls", "mean"],
    "id2label": [{str(i): f"L{i}" for i in range(5)}, {str(i): n for i, n in enumerate(("O", "B-x", "I-x", "B-y", "x"))}, ABSENT],
    "label2id": [{"a": 0, "b": 1}, ABSENT],
}
SCORES = {
    "sentence_transformers": [{"activation_fn": TORCH + "Sigmoid"}, {"activation_fn": "torch.nn.modules.linear.Identity"}, {"activation_fn": "my.Act"}, {"activation_fn": None}, {"version": "5"}],
    "sbert_ce_default_activation_function": [TORCH + "Tanh", "torch.nn.modules.linear.Identity"],
}
SCORING = {"activation_function": [TORCH + "Sigmoid", TORCH + "Tanh", ABSENT], "bias": [True, False], "module_output_name": ["scores", "sentence_embedding", ABSENT]}
LONGER = {"max_position_embeddings": [4, 8, 64, 100000]}


def embed(folder):
    model = SentenceTransformer(folder, device="cpu", model_kwargs=FLOAT32).float()
    results = [str(model.similarity_fn_name)]
    for prompt in [None, *(name for name in model.prompts if name == "query")]:
        for text in TEXTS:
            results += model.encode([text], batch_size=1, prompt_name=prompt)[0].tolist()
    return results


def score(folder):
    model = CrossEncoder(folder, device="cpu", model_kwargs=FLOAT32).float()
    return [v for pair in PAIRS for v in torch.as_tensor(model.predict([pair], batch_size=1)).flatten().tolist()]


def classify(folder):
    pipe = pipeline("text-classification", model=folder, device="cpu", **FLOAT32)
    length = min(pipe.tokenizer.model_max_length, pipe.model.config.max_position_embeddings)
    return [v for text in TEXTS for label in pipe(text, top_k=None, truncation=True, max_length=length) for v in (label["label"], label["score"])]


def entities(folder):
    pipe = pipeline("token-classification", model=folder, device="cpu", **FLOAT32)
    return [v for text in TEXTS[1:] for e in pipe(text, aggregation_strategy="simple") for v in (e["entity_group"], float(e["score"]), e["start"], e["end"])]


def fill(folder):
    pipe = pipeline("fill-mask", model=folder, device="cpu", **FLOAT32)
    results = []
    for text in MASKED:
        masks = pipe(text, top_k=4)
        for mask in masks if isinstance(masks[0], list) else [masks]:
            results += [v for p in mask for v in (p["token"], p["score"])]
    return results


def sparse(folder):
    model = SparseEncoder(folder, device="cpu", model_kwargs=FLOAT32).float()
    results = []
    for text in TEXTS:
        vector = model.encode([text], batch_size=1, convert_to_sparse_tensor=False)[0]
        results += [v for i in vector.nonzero().flatten().tolist()[:50] for v in (i, float(vector[i]))]
    return results


def late(folder):
    model = MultiVectorEncoder(folder, device="cpu", model_kwargs=FLOAT32).float()
    return [v for text in TEXTS for encode in (model.encode_query, model.encode_document) for v in encode([text], batch_size=1)[0][:, :2].flatten().tolist()]


FILES = {"config.json": CONFIG, "tokenizer_config.json": TOKENIZER}
MODULES = {**FILES, "sentence_bert_config.json": TRANSFORMER, "config_sentence_transformers.json": MODEL}
ST = "sentence-transformers/"
TASKS = {
    "embed": (embed, [ST + n for n in ("prompts-default", "prompts-excluded-mean", "dense-tanh-normalize", "prompts-excluded-lasttoken", "dense-residual", "pool-cls-legacy")]
              + ["modules/layer-mean", "modules/word-weights", "modules/token-dense"],
              {**MODULES, "config.json": {**CONFIG, **LONGER}, "1_Pooling/config.json": POOLING, "2_Dense/config.json": DENSE}),
    "score": (score, [ST + n for n in ("cross-one-label", "cross-three-labels", "cross-one-label-legacy-activation")], {**FILES, "config.json": {**CONFIG, **LONGER, **SCORES}}),
    "rerank": (score, ["rerankers/published", "rerankers/mean", "rerankers/three-labels"],
               {**MODULES, "config_sentence_transformers.json": {**MODEL, "activation_fn": [None, TORCH + "Sigmoid", "torch.nn.modules.linear.Identity"]},
                "1_Pooling/config.json": POOLING, "2_Dense/config.json": DENSE, "3_LayerNorm/config.json": {"dimension": [8, ABSENT]}, "4_Dense/config.json": SCORING}),
    "classify": (classify, ["tasks/" + n for n in ("text-single", "text-multi", "text-one-label", "text-regression")], {**FILES, "config.json": {**CONFIG, **LONGER, **HEAD}}),
    "entities": (entities, ["tasks/" + n for n in ("entities", "entities-wordpiece", "entities-unigram")], {**FILES, "config.json": {**CONFIG, **HEAD}}),
    "fill": (fill, ["fill-mask/tied"], {**FILES, "tokenizer_config.json": {k: v for k, v in TOKENIZER.items() if k not in ("model_max_length", "mask_token")}}),
    "sparse": (sparse, ["sparse/sum-log1p", "sparse/max-legacy"], {**MODULES, "1_SpladePooling/config.json": SPLADE}),
    "late": (late, ["multi-vector/" + n for n in ("native", "pylate", "pylate-attend", "pylate-no-expansion")],
             {**FILES, "config.json": {**CONFIG, **LONGER}, "config_sentence_transformers.json": LATE, "sentence_bert_config.json": EXPANDED}),
}


def find(place, name):
    return next(path for root in (place.golden, place.extra) if os.path.isdir(path := os.path.join(root, name)))


def changed(source, changes, target):
    """Copies a folder with changed members of its files; returns the members that are set and removed."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("cases.json", "expected.safetensors"))
    row = {"set": {}, "remove": {}}
    for file, key, value in changes:
        path = os.path.join(target, file)
        document = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                document = json.load(f)
        if value == ABSENT:
            document.pop(key, None)
            row["remove"].setdefault(file, []).append(key)
        else:
            document[key] = value
            row["set"].setdefault(file, {})[key] = value
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f)
    return row


def rows(place, run, bases, files):
    rng = random.Random(place.seed)
    single = [(file, key, value) for file, keys in files.items() for key, values in keys.items() for value in values]
    pairs = [pair for pair in (rng.sample(single, 2) for _ in range(place.pairs)) if pair[0][:2] != pair[1][:2]]
    for number, changes in enumerate([[change] for change in single] + pairs):
        base = bases[number % len(bases)]
        having = [b for b in bases if all(os.path.isdir(os.path.join(find(place, b), os.path.dirname(file))) for file, _, _ in changes)]
        if base not in having:
            if not having:
                continue
            base = having[number % len(having)]
        with tempfile.TemporaryDirectory() as work:
            folder = os.path.join(work, "model")
            row = {"base": base, **changed(find(place, base), changes, folder)}
            try:
                with torch.no_grad():
                    row["results"] = [v if isinstance(v, (str, int)) else float(f"{v:.7g}") for v in run(folder)]
            except Exception as e:
                row["error"] = f"{type(e).__name__}: {str(e)[:100]}".replace(folder, "model")
        yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("golden", "extra", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--only", choices=TASKS)
    place = parser.parse_args()
    for task, (run, bases, files) in TASKS.items():
        if place.only in (None, task):
            made = list(rows(place, run, bases, files))
            size = write_jsonl(os.path.join(place.out, task + ".jsonl.gz"), made)
            print(task, len(made), sum("error" in row for row in made), size)


if __name__ == "__main__":
    main()

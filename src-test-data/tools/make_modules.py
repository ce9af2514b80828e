"""Folders with the rarer modules of sentence-transformers 6.2: <golden-extra>/modules, /sparse/inference-free and /multi-vector/token-pooling*.

    python make_modules.py --golden <golden> --out <golden-extra> [--seed 1]
Weights are random. Truth is float64: reference64.py, and after the transformer the reference's own modules in float64. `error_vs_truth` is the
largest error of the reference's float32, each text alone and all in one padded batch; of scores with eager attention as well. In a case of a folder with a Router `prompt_name` stands
for `encode_query` and `encode_document`.
"""
import copy
import json
import os
import shutil
import warnings

import torch
import transformers
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.base.modules import Normalize, Router, Transformer
from sentence_transformers.base.modules.dense import Dense
from sentence_transformers.multi_vector_encoder.modules import HierarchicalTokenPooling, MultiVectorMask
from sentence_transformers.sentence_transformer.modules import Dropout, LayerNorm, Pooling, WeightedLayerPooling, WordWeights
from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding, SpladePooling
from transformers import ModernBertForMaskedLM, ModernBertModel

import texts
from common import arguments_with_golden, write_json
from make_checkpoints import error, randomise
from make_sentence_transformers import write_tokenizer
from make_token_tasks import HIDDEN, small_config
from reference64 import Reference64

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()

PROMPTS = {"query": "search_query: ", "document": "search_document: "}
BATCH = ["", "a", "The baker sold warm bread.", texts.SENTENCES[0], texts.SENTENCES[25], " word" * 60]


def saved(model, folder):
    """Lets the reference write the folder, without its card."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, create_model_card=False)
    for unused in ("README.md", "special_tokens_map.json"):
        if os.path.exists(os.path.join(folder, unused)):
            os.remove(os.path.join(folder, unused))


def encoder(stage, golden, seed, model_class=ModernBertModel, **config):
    """Writes a small checkpoint and returns its folder."""
    shutil.rmtree(stage, ignore_errors=True)
    model = randomise(model_class(small_config(golden, **config)), seed)
    model.save_pretrained(stage)
    write_tokenizer(stage, golden, model_max_length=40)
    return stage


def shaken(module, seed):
    """Gives the weights of a module random values."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * 0.4 + (1.0 if p.dim() == 1 else 0.0))
    return module


def word_weights(tokenizer):
    """Weights of some tokens; the others have the weight of unknown words."""
    vocabulary = [t for t, _ in sorted(tokenizer.get_vocab().items(), key=lambda kv: kv[1])]
    weights = {t: round(0.25 + (i * 37 % 101) / 40, 4) for i, t in enumerate(vocabulary) if i % 3 == 0}
    return WordWeights(vocabulary, weights, unknown_word_weight=0.5)


def embedders(stage, golden, seed):
    """name -> the model."""
    plain = lambda **kw: Transformer(encoder(stage, golden, seed, **kw))
    states = lambda: Transformer(encoder(stage, golden, seed, num_hidden_layers=4, output_hidden_states=True))
    mean = lambda **kw: Pooling(HIDDEN, "mean", **kw)
    built = {}

    def model(name, modules, **settings):
        built[name] = SentenceTransformer(modules=modules, device="cpu", **settings)

    model("layer-mean", [states(), shaken(WeightedLayerPooling(HIDDEN, num_hidden_layers=4, layer_start=1), seed), mean()])
    model("layer-mean-last-two", [states(), shaken(WeightedLayerPooling(HIDDEN, num_hidden_layers=4, layer_start=3), seed + 1), Pooling(HIDDEN, "cls"), Normalize()])
    model("layer-mean-unused", [plain(num_hidden_layers=4), shaken(WeightedLayerPooling(HIDDEN, num_hidden_layers=4, layer_start=1), seed), mean()])
    transformer = plain()
    model("word-weights", [transformer, word_weights(transformer.tokenizer), Pooling(HIDDEN, ["mean", "mean_sqrt_len_tokens", "weightedmean", "max", "cls"])])
    transformer = plain()
    model("word-weights-excluded-prompt", [transformer, word_weights(transformer.tokenizer), Pooling(HIDDEN, ["mean", "weightedmean"], include_prompt=False)], prompts=PROMPTS)
    model("token-dense", [plain(), shaken(Dense(HIDDEN, 24, module_input_name="token_embeddings"), seed), Normalize(module_input_name="token_embeddings"), Pooling(24, "mean"), Dropout(0.3)])
    heads = {"query": [shaken(Dense(HIDDEN, 12), seed + 2), Normalize()], "document": [shaken(Dense(HIDDEN, 12), seed + 3), shaken(LayerNorm(12), seed + 4)]}
    model("router-heads", [plain(), mean(), Router(heads, default_route="document")], prompts=PROMPTS)
    transformer = plain()
    routes = {"short": [transformer, Pooling(HIDDEN, "cls")], "long": [transformer, mean(), shaken(Dense(HIDDEN, HIDDEN), seed + 5)]}
    mappings = {("query", "text"): "short", ("document", None): "long", (None, ("image", "text")): "long"}
    model("router-mapped", [Router(routes, default_route="long", route_mappings=mappings), Normalize()])
    model("asym-legacy", [plain(), mean(), Router({"query": [shaken(Dense(HIDDEN, 8), seed + 6)], "document": [shaken(Dense(HIDDEN, 8), seed + 7)]})])
    return built


def make_legacy(folder):
    """The layout of sentence-transformers 2: the class Asym with its settings in config.json."""
    path = os.path.join(folder, "modules.json")
    with open(path, encoding="utf-8") as f:
        modules = json.load(f)
    for module in modules:
        if module["type"].endswith("Router"):
            module["type"] = "sentence_transformers.models.Asym"
            inner = os.path.join(folder, module["path"])
            with open(os.path.join(inner, "router_config.json"), encoding="utf-8") as f:
                config = json.load(f)
            config["types"] = {k: "sentence_transformers.models." + v.rsplit(".", 1)[1] for k, v in config["types"].items()}
            config["parameters"] = {"allow_empty_key": True}
            write_json(os.path.join(inner, "config.json"), config, indent=4)
            os.remove(os.path.join(inner, "router_config.json"))
    write_json(path, modules, indent=2)


def apply64(modules, features, task, states):
    """The features after modules in float64; `states` computes those of a transformer."""
    for module in modules:
        if isinstance(module, Router):
            features = apply64(module.sub_modules[module._resolve_route(task, "text")], features, task, states)
        elif isinstance(module, Transformer):
            features = states(module, features)
        else:
            extra = {"task": task} if "task" in getattr(module, "forward_kwargs", ()) else {}
            features = copy.deepcopy(module).double()(features, **extra)
    return features


@torch.no_grad()
def states64(transformer, features):
    reference = Reference64(transformer.model)
    all_states, last = reference.encode(features["input_ids"][0].tolist(), all_layers=True)
    features = dict(features, token_embeddings=last[None])
    if transformer.model.config.output_hidden_states:
        given = transformer.model(input_ids=features["input_ids"]).hidden_states
        expected = [*all_states[:-1], last]
        assert len(given) == len(expected) and all(error(g[0], e) < 1e-3 for g, e in zip(given, expected)), "which states the reference gives out"
        features["all_layer_embeddings"] = [s[None] for s in expected]
    return features


def make_embedders(root, golden, seed):
    for name, built in embedders(os.path.join(root, "modules", ".stage"), golden, seed).items():
        folder = os.path.join(root, "modules", name)
        saved(built, folder)
        if name == "asym-legacy":
            make_legacy(folder)
        model = SentenceTransformer(folder, device="cpu", local_files_only=True)
        routed = any(isinstance(m, Router) for m in model)
        calls = [{}] + ([{"prompt_name": "query"}, {"prompt_name": "document"}] if routed or model.prompts.get("query") else [])
        rows, tensors, dimension = [], {}, None
        for i, call in enumerate(calls):
            role = call.get("prompt_name")
            task = role if routed else None
            encode = {"query": model.encode_query, "document": model.encode_document}[role] if routed and role else lambda t, **kw: model.encode(t, prompt_name=role, **kw)
            prompt = model.prompts.get(role) if role else None
            got = torch.tensor(encode(BATCH))
            alone = torch.stack([torch.tensor(encode([t])[0]) for t in BATCH])
            ids, truth = [], []
            for text in BATCH:
                features = model.preprocess([text], prompt=prompt, task=task)
                ids.append(features["input_ids"][0].tolist())
                with torch.no_grad():
                    truth.append(apply64(list(model), dict(features), task, states64)["sentence_embedding"][0])
            truth = torch.stack(truth)
            tensors[f"case.{i}.truth"] = truth.float().contiguous()
            dimension = dimension or truth.shape[1]
            rows.append({"texts": BATCH, "options": call, "input_ids": ids, "error_vs_truth": max(error(got, truth), error(alone, truth))})
        save_file(tensors, os.path.join(folder, "expected.safetensors"))
        write_json(os.path.join(folder, "cases.json"), {"dimension": dimension, "cases": rows}, indent=None)
        print(name, [r["error_vs_truth"] for r in rows])


def make_sparse(root, golden, seed):
    folder = os.path.join(root, "sparse", "inference-free")
    stage = encoder(os.path.join(root, "sparse", ".stage"), golden, seed, ModernBertForMaskedLM)
    document = Transformer(stage, transformer_task="fill-mask")
    with torch.no_grad():
        document.model.decoder.bias.sub_(9.0)
    generator = torch.Generator().manual_seed(seed)
    weight = (torch.rand(len(document.tokenizer.get_vocab()), generator=generator) * 6 - 1).clamp(min=0)
    router = Router.for_query_document([SparseStaticEmbedding(document.tokenizer, weight, frozen=True)], [document, SpladePooling("max")])
    saved(SparseEncoder(modules=[router], device="cpu", similarity_fn_name="dot"), folder)
    model = SparseEncoder(folder, device="cpu", local_files_only=True)
    rows, tensors = [], {}
    for i, call in enumerate([{}, {"prompt_name": "query"}, {"prompt_name": "document"}, {"prompt_name": "query", "max_active_dims": 3}]):
        role = call.get("prompt_name")
        arguments = {k: v for k, v in call.items() if k != "prompt_name"}
        encode = {"query": model.encode_query, "document": model.encode_document, None: model.encode}[role]
        got = encode(BATCH, convert_to_sparse_tensor=False, **arguments)
        ids, truth = [], []
        for text in BATCH:
            features = model.preprocess([text], task=role)
            ids.append(features["input_ids"][0].tolist())
            states = lambda t, f: dict(f, token_embeddings=Reference64(t.model).logits(f["input_ids"][0].tolist(), "masked_lm")[None])
            with torch.no_grad():
                truth.append(apply64(list(model), dict(features), role, states)["sentence_embedding"][0].double())
        truth = torch.stack(truth)
        if "max_active_dims" in call:
            truth = truth * torch.zeros_like(truth).scatter(-1, torch.topk(truth, call["max_active_dims"], -1).indices, 1)
        tensors[f"case.{i}.truth"] = truth.float().contiguous()
        rows.append({"texts": BATCH, "options": call, "input_ids": ids, "active": [int((t > 0).sum()) for t in truth], "error_vs_truth": error(got, truth),
                     "similarity": model.similarity(got, got).tolist()})
    save_file(tensors, os.path.join(folder, "expected.safetensors"))
    write_json(os.path.join(folder, "cases.json"), {"cases": rows, "max_seq_length": model.max_seq_length}, indent=None)
    print("inference-free", [(r["error_vs_truth"], r["active"]) for r in rows])


def make_multi_vector(root, golden, seed):
    poolings = {
        "token-pooling": HierarchicalTokenPooling(2.0),
        "token-pooling-both": HierarchicalTokenPooling(1.5, num_protected_tokens=0, normalize_embeddings=False, tasks=["query", "document"]),
        "token-pooling-all-in-one": HierarchicalTokenPooling(100.0, num_protected_tokens=3),
        "token-pooling-off": HierarchicalTokenPooling(1.0),
    }
    queries = ["", "bread", "Where is the bakery?", texts.SENTENCES[0]]
    documents = ["", "!", "Bread, fresh!", texts.SENTENCES[1], texts.SENTENCES[25], texts.SENTENCES[2] + " " + texts.SENTENCES[3]]
    for index, (name, pooling) in enumerate(poolings.items()):
        folder = os.path.join(root, "multi-vector", name)
        stage = encoder(os.path.join(root, "multi-vector", ".stage"), golden, seed + index, local_attention=64)
        torch.manual_seed(seed + index)
        modules = [Transformer(stage, query_length=20, document_length=30), Dense(HIDDEN, 8, bias=False, activation_function=None, module_input_name="token_embeddings"),
                   MultiVectorMask(["!", ","]), Normalize(module_input_name="token_embeddings"), pooling]
        saved(MultiVectorEncoder(modules=modules, device="cpu", prompts={"query": "[unused0]", "document": "[unused1]"}), folder)
        model = MultiVectorEncoder(folder, device="cpu", local_files_only=True)
        tensors, rows = {}, {}
        for task, batch, encode in (("query", queries, model.encode_query), ("document", documents, model.encode_document)):
            got = encode(batch, convert_to_numpy=True)
            rows[task] = []
            for i, text in enumerate(batch):
                alone = torch.tensor(encode(text, convert_to_numpy=True))
                features = model.preprocess([text], prompt=model.prompts.get(task), task=task)
                with torch.no_grad():
                    after = apply64(list(model), dict(features), task, states64)
                want = after["token_embeddings"][0][after["attention_mask"][0].bool()]
                assert len(want) == len(got[i]) == len(alone), (name, len(want), len(got[i]))
                e = max([error(torch.tensor(got[i]), want), error(alone, want)] if len(want) else [0.0])
                tensors[f"{task}.{i}.truth"] = want.float().contiguous()
                rows[task].append({"text": text, "input_ids": features["input_ids"][0].tolist(), "vectors": len(want), "error_vs_truth": e})
        q = [tensors[f"query.{i}.truth"].double() for i in range(len(queries))]
        d = [tensors[f"document.{i}.truth"].double() for i in range(len(documents))]
        truth = torch.tensor([[float((a @ b.T).max(1).values.sum()) if len(b) else 0.0 for b in d] for a in q], dtype=torch.float64)
        runs = [model.similarity(model.encode_query(queries), model.encode_document(documents))]
        for attention in ("eager", "sdpa"):
            other = MultiVectorEncoder(folder, device="cpu", local_files_only=True, model_kwargs={"attn_implementation": attention})
            runs.append(torch.cat([torch.cat([other.similarity(other.encode_query([a]), other.encode_document([b])) for b in documents], 1) for a in queries], 0))
        filled = [j for j, b in enumerate(d) if len(b)]
        save_file(tensors, os.path.join(folder, "expected.safetensors"))
        write_json(os.path.join(folder, "cases.json"), {
            "similarity_fn_name": model.similarity_fn_name, "dimension": 8, "queries": rows["query"], "documents": rows["document"], "scores": truth.tolist(),
            "score_error": max(error(got[:, filled], truth[:, filled]) for got in runs)}, indent=None)
        print(name, [len(b) for b in q], [len(b) for b in d], max(r["error_vs_truth"] for t in rows.values() for r in t))


def main():
    arguments = arguments_with_golden(__doc__)
    for kind, make in (("modules", make_embedders), ("sparse", make_sparse), ("multi-vector", make_multi_vector)):
        make(arguments.out, arguments.golden, arguments.seed)
        shutil.rmtree(os.path.join(arguments.out, kind, ".stage"), ignore_errors=True)


if __name__ == "__main__":
    main()

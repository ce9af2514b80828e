"""Golden data of the token-level tasks: fill-mask, sparse vectors, late interaction, attention probabilities.

    python make_token_tasks.py --golden <golden> --out <golden-extra> --seed 1
Needs tokenizers/small and checkpoints of the golden folder. What lies in golden-extra was made with torch 2.15.0,
transformers 5.23.0, tokenizers 0.23.3, sentence-transformers 6.2.0 (CPU, one thread). Weights are random. Every truth is
computed apart from the reference in float64 (reference64.py and what is below); `error_vs_truth` is the reference's own. The
folders of PyLate were also read by PyLate 1.6.0 itself: its vectors differ from the truth by at most 2.5e-6.
"""
import json
import math
import os
import random
import shutil
import string
import warnings

import torch
import transformers
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder, SparseEncoder
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.base.modules.dense import Dense
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from sentence_transformers.sparse_encoder.modules import SpladePooling
from transformers import ModernBertForMaskedLM, ModernBertModel, pipeline

import texts
from common import arguments_with_golden, write_json
from make_checkpoints import base_config, error, randomise, special_ids
from make_sentence_transformers import write_tokenizer
from reference64 import Reference64

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()

HIDDEN = 16


class Masked64(Reference64):
    """Only the first `keys` tokens are attended to; keeps the attention probabilities of every layer."""

    def encode(self, ids, keys=None, **kw):
        self.keys, self.probabilities = len(ids) if keys is None else keys, []
        return super().encode(ids, **kw)

    def _attention(self, x, i):
        n, heads = x.shape[0], self.config.num_attention_heads
        d = self.config.hidden_size // heads
        kind = self.config.layer_types[i]
        qkv = self._linear(x, f"{self.prefix}layers.{i}.attn.Wqkv").view(n, 3, heads, d)
        q, k, v = (qkv[:, j].transpose(0, 1) for j in range(3))
        scores = self._rotate(q, kind) @ self._rotate(k, kind).transpose(1, 2) * d**-0.5
        distance = (torch.arange(n)[:, None] - torch.arange(n)[None, :]).abs()
        if kind == "sliding_attention":
            scores = scores.masked_fill(distance > self.config.local_attention // 2, -math.inf)
        scores[:, :, self.keys:] = -math.inf
        # A token that attends to nothing gets 0 from the reference's default attention (sdpa); eager attention averages what it must not see.
        p = torch.softmax(scores, -1).nan_to_num(0.0)
        self.probabilities.append(p)
        return self._linear((p @ v).transpose(0, 1).reshape(n, heads * d), f"{self.prefix}layers.{i}.attn.Wo")


def small_config(golden, **kw):
    values = dict(hidden_size=HIDDEN, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2)
    return base_config(special_ids(golden), **dict(values, **kw))


# ---------------------------------------------------------------------------------------------------------- fill-mask


def fill_mask(root, golden, seed):
    folder = os.path.join(root, "fill-mask", "tied")
    model = ModernBertForMaskedLM(small_config(golden, classifier_bias=True))
    with torch.no_grad():
        randomise(model, seed)
        model.head.dense.weight.mul_(0.5)
        model.head.norm.weight.mul_(0.4)  # probabilities that are not all near 0 or 1
    model.save_pretrained(folder)
    write_tokenizer(folder, golden)
    pipe = pipeline("fill-mask", model=folder, device="cpu")
    reference = Reference64(pipe.model)
    tokenizer = pipe.tokenizer
    calls = [
        dict(text="The baker sold [MASK] bread."), dict(text="[MASK]"), dict(text="[MASK] and [MASK] went to the[MASK].", top_k=3),
        dict(text="  spaces  before   [MASK]  after \n", top_k=1), dict(text="Is it so ? Yes , it's [MASK] . do n't ! we 've", top_k=1), dict(text="größere Äpfel [MASK] 日本 🙂", top_k=8),
        dict(text="It was [MASK].", targets=["er", " th", "Ġth", "bl", "er"]), dict(text="It was [MASK] and [MASK].", targets=["unbelievable", " river", "!"], top_k=2),
        dict(text="A [MASK] word.", targets="[SEP]"), dict(text="It was [MASK].", targets=["", "ing"]), dict(text="x" + " word" * 120 + " [MASK]", top_k=2),
        dict(text="every token [MASK]", top_k=1024), dict(text="[PAD] stays out [MASK] [CLS] [PAD]", top_k=2), dict(text="[PAD][MASK][MASK]", top_k=2),
    ]
    rows, worst = [], 0.0
    for call in calls:
        arguments = {k: v for k, v in call.items() if k != "text"}
        got = pipe(call["text"], **arguments)
        got = got if isinstance(got[0], list) else [got]
        ids = tokenizer(call["text"])["input_ids"]
        places = [i for i, t in enumerate(ids) if t == tokenizer.mask_token_id]
        truth = torch.softmax(reference.logits(ids, "masked_lm"), -1)
        masks = []
        for place, predictions in zip(places, got):
            want = [float(truth[place, p["token"]]) for p in predictions]
            assert want == sorted(want, reverse=True), "the order is within rounding"
            e = max(abs(w - p["score"]) for w, p in zip(want, predictions))
            worst = max(worst, e)
            kept = range(len(want)) if len(want) < 100 else range(0, len(want), 93)
            masks.append({"position": place, "count": len(want), "rank": list(kept), "token": [predictions[r]["token"] for r in kept], "score": [want[r] for r in kept],
                          "token_str": [predictions[r]["token_str"] for r in kept], "sequence": [predictions[r]["sequence"] for r in kept]})
        rows.append(dict(call, input_ids=ids, masks=masks))
    likelihoods = []
    for text in ["", "a", "The baker sold warm bread.", texts.SENTENCES[2], texts.SENTENCES[20], "one [MASK] two", texts.SENTENCES[0] * 3]:
        ids = tokenizer(text)["input_ids"]
        places = [i for i, special in enumerate(tokenizer(text, return_special_tokens_mask=True)["special_tokens_mask"]) if not special]
        want, got = [], []
        for i in places:
            masked = ids[:i] + [tokenizer.mask_token_id] + ids[i + 1:]
            want.append(float(torch.log_softmax(reference.logits(masked, "masked_lm")[i], -1)[ids[i]]))
            with torch.no_grad():
                got.append(float(torch.log_softmax(pipe.model(torch.tensor([masked])).logits[0, i], -1)[ids[i]]))
        likelihoods.append({"text": text, "positions": places, "token_log_probabilities": want, "error_vs_truth": max((abs(a - b) for a, b in zip(want, got)), default=0.0)})
    write_json(os.path.join(folder, "cases.json"), {"error_vs_truth": worst, "cases": rows, "pseudo_log_likelihoods": likelihoods}, indent=None)
    return worst, max(c["error_vs_truth"] for c in likelihoods)


# -------------------------------------------------------------------------------------------------------------- sparse


def write_splade(folder, golden, seed, layout, strategy, activation, shift, settings, **config):
    model = ModernBertForMaskedLM(small_config(golden, **config))
    randomise(model, seed)
    with torch.no_grad():
        model.decoder.bias.sub_(shift)  # few logits above 0
    model.save_pretrained(folder)
    write_tokenizer(folder, golden, model_max_length=40)
    if layout == "none":
        return
    if layout == "saved":  # the reference writes the folder
        modules = [Transformer(folder, transformer_task="fill-mask"), SpladePooling(strategy, activation)]
        own = SparseEncoder(modules=modules, device="cpu", **settings)
        staged = folder + ".saved"
        own.save_pretrained(staged, create_model_card=False)
        shutil.rmtree(folder)
        shutil.move(staged, folder)
        for unused in ("README.md", "special_tokens_map.json"):
            if os.path.exists(os.path.join(folder, unused)):
                os.remove(os.path.join(folder, unused))
        return
    types = [("", "sentence_transformers.sparse_encoder.models.MLMTransformer"), ("1_SpladePooling", "sentence_transformers.sparse_encoder.models.SpladePooling")]
    write_json(os.path.join(folder, "modules.json"), [{"idx": i, "name": str(i), "path": p, "type": t} for i, (p, t) in enumerate(types)], indent=2)
    write_json(os.path.join(folder, "sentence_bert_config.json"), {"max_seq_length": 24, "do_lower_case": False})
    write_json(os.path.join(folder, "1_SpladePooling", "config.json"), {"pooling_strategy": strategy, "activation_function": activation, "word_embedding_dimension": 1024})
    write_json(os.path.join(folder, "config_sentence_transformers.json"), dict({
        "model_type": "SparseEncoder", "__version__": {"sentence_transformers": "5.0.0", "transformers": "4.53.0", "pytorch": "2.7.1"},
        "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "dot"}, **settings))


def sparse(root, golden, seed):
    batch = ["", "a", "The baker sold warm bread.", texts.SENTENCES[0], texts.SENTENCES[1], texts.SENTENCES[25], "[CLS] [MASK] [SEP]", " word" * 60]
    prompts = {"query": "search_query: ", "document": "search_document: "}
    folders = {
        "max-legacy": ("legacy", "max", "relu", 9.0, {}, {}),
        "sum-log1p": ("saved", "sum", "log1p_relu", 4.0, {"max_active_dims": 12, "prompts": prompts}, dict(tie_word_embeddings=False, decoder_bias=True)),
        "no-modules": ("none", "max", "relu", 9.0, {}, dict(classifier_activation="silu")),
    }
    report = {}
    for index, (name, (layout, strategy, activation, shift, settings, config)) in enumerate(folders.items()):
        folder = os.path.join(root, "sparse", name)
        write_splade(folder, golden, seed + 20 + index, layout, strategy, activation, shift, settings, **config)
        model = SparseEncoder(folder, device="cpu", local_files_only=True)
        reference = Reference64(model[0].model)
        rows, tensors, worst = [], {}, 0.0
        calls = [dict(), dict(max_active_dims=5)] + ([dict(task="query"), dict(prompt_name="document", max_active_dims=1024)] if "prompts" in settings else [])
        for i, call in enumerate(calls):
            arguments = {k: v for k, v in call.items() if k != "task"}
            encode = model.encode_query if call.get("task") == "query" else model.encode
            got = encode(batch, convert_to_sparse_tensor=False, **arguments)
            prompt = prompts["query"] if call.get("task") == "query" else prompts[call["prompt_name"]] if "prompt_name" in call else ""
            ids = [model.tokenizer(prompt + t, truncation=True, max_length=model.max_seq_length)["input_ids"] for t in batch]
            pooled = []
            for x in ids:
                y = torch.log1p(reference.logits(x, "masked_lm").clamp(min=0))
                y = torch.log1p(y) if activation == "log1p_relu" else y
                pooled.append(y.max(0).values if strategy == "max" else y.sum(0))
            truth = torch.stack(pooled)
            active = call.get("max_active_dims", settings.get("max_active_dims"))
            if active:
                kept = torch.zeros_like(truth).scatter(-1, torch.topk(truth, active, -1).indices, 1)
                truth = truth * kept
            e = error(got, truth)
            worst = max(worst, e)
            tensors[f"case.{i}.truth"] = truth.float().contiguous()
            rows.append({"texts": batch, "options": call, "input_ids": ids, "active": [int((t > 0).sum()) for t in truth], "error_vs_truth": e,
                         "similarity": model.similarity(got, got).tolist()})
        save_file(tensors, os.path.join(folder, "expected.safetensors"))
        write_json(os.path.join(folder, "cases.json"), {"cases": rows, "max_seq_length": model.max_seq_length}, indent=None)
        report[name] = (worst, rows[0]["active"])
    return report


# -------------------------------------------------------------------------------------------------------- multi-vector


def add_tokens(folder, contents):
    """As `tokenizer.add_tokens` stores them."""
    path = os.path.join(folder, "tokenizer.json")
    with open(path, encoding="utf-8") as f:
        doc = json.load(f)
    first = max(t["id"] for t in doc["added_tokens"]) + 1
    for i, content in enumerate(contents):
        doc["added_tokens"].append({"id": first + i, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": False})
    with open(path, "w", encoding="utf-8") as f:
        json.dump(doc, f, ensure_ascii=False)


def dense_folder(folder, width, out, generator, bias=False, **keys):
    write_json(os.path.join(folder, "config.json"), dict({"in_features": width, "out_features": out, "bias": bias, "activation_function": "torch.nn.modules.linear.Identity"}, **keys))
    tensors = {"linear.weight": torch.randn(out, width, generator=generator) * (1 / width**0.5)}
    if bias:
        tensors["linear.bias"] = torch.randn(out, generator=generator) * 0.2
    save_file(tensors, os.path.join(folder, "model.safetensors"))


def write_pylate(folder, golden, seed, added, widths, settings):
    config = small_config(golden, local_attention=64, vocab_size=1024 + len(added))
    randomise(ModernBertModel(config), seed).save_pretrained(folder)
    write_tokenizer(folder, golden)
    add_tokens(folder, added)
    modules = [("", "sentence_transformers.models.Transformer")]
    generator = torch.Generator().manual_seed(seed)
    width = HIDDEN
    for i, out in enumerate(widths):
        modules.append((f"{i + 1}_Dense", "pylate.models.Dense.Dense"))
        dense_folder(os.path.join(folder, f"{i + 1}_Dense"), width, out, generator, bias=len(widths) > 1, **({"use_residual": False} if i else {}))
        width = out
    write_json(os.path.join(folder, "modules.json"), [{"idx": i, "name": str(i), "path": p, "type": t} for i, (p, t) in enumerate(modules)], indent=2)
    write_json(os.path.join(folder, "sentence_bert_config.json"), {"max_seq_length": 23, "do_lower_case": False})
    write_json(os.path.join(folder, "config_sentence_transformers.json"), dict({
        "__version__": {"sentence_transformers": "4.0.2", "transformers": "4.48.2", "pytorch": "2.5.1"}, "prompts": {}, "default_prompt_name": None,
        "similarity_fn_name": "MaxSim", "model_type": "ColBERT"}, **settings))


def write_native(folder, golden, seed):
    config = small_config(golden, local_attention=64)
    randomise(ModernBertModel(config), seed).save_pretrained(folder)
    write_tokenizer(folder, golden)
    torch.manual_seed(seed)
    transformer = Transformer(folder, query_expansion={"strategy": "min", "length": 12, "attend": True, "token": "[PAD]"}, query_length=20, document_length=16)
    modules = [transformer, Dense(HIDDEN, 8, bias=False, activation_function=None, module_input_name="token_embeddings"),
               MultiVectorMask(["!", ",", "er"], skiplist_tasks=["query", "document"]), Normalize(module_input_name="token_embeddings")]
    own = MultiVectorEncoder(modules=modules, device="cpu", prompts={"query": "[unused0]", "document": "[unused1]"}, similarity_fn_name="meanmaxsim")
    staged = folder + ".saved"
    own.save_pretrained(staged, create_model_card=False)
    shutil.rmtree(folder)
    shutil.move(staged, folder)
    if os.path.exists(os.path.join(folder, "README.md")):
        os.remove(os.path.join(folder, "README.md"))


def dense_truth(folder, x):
    with open(os.path.join(folder, "modules.json")) as f:
        modules = json.load(f)
    for module in modules:
        if module["type"].endswith("Dense"):
            w = {k: v.double() for k, v in load_file(os.path.join(folder, module["path"], "model.safetensors")).items()}
            x = x @ w["linear.weight"].T + w.get("linear.bias", 0)
    return x / x.norm(dim=-1, keepdim=True).clamp(min=1e-12)


def multi_vector(root, golden, seed):
    queries = ["", "bread", "Where is the bakery?", texts.SENTENCES[0], " word" * 40]
    documents = ["", "!", "Bread, fresh!", texts.SENTENCES[1], texts.SENTENCES[25], " word, er" * 30]
    punctuation = list(string.punctuation)
    folders = {
        "pylate": (["[Q] ", "[D] "], [8], {"query_prefix": "[Q] ", "document_prefix": "[D] ", "query_length": 16, "document_length": 24,
                                           "attend_to_expansion_tokens": False, "skiplist_words": punctuation, "do_query_expansion": True}),
        "pylate-attend": ([], [24, 8], {"query_prefix": "[unused0]", "document_prefix": "[unused1]", "query_length": 14, "document_length": 20,
                                        "attend_to_expansion_tokens": True, "skiplist_words": [".", "er", "Ġth"]}),
        "pylate-no-expansion": ([], [8], {"query_prefix": "", "document_prefix": "", "prompts": {"query": "search_query: ", "document": "search_document: "},
                                          "query_length": 18, "document_length": 24, "do_query_expansion": False, "attend_to_expansion_tokens": False, "skiplist_words": []}),
        "native": None,
        # Windows reach 32 tokens to either side: behind a short query the last tokens see none of it in local layers.
        "pylate-long-queries": (["[Q] ", "[D] "], [8], {"query_prefix": "[Q] ", "document_prefix": "[D] ", "query_length": 48, "document_length": 24,
                                                        "attend_to_expansion_tokens": False, "skiplist_words": punctuation, "do_query_expansion": True}),
    }
    report = {}
    for index, (name, spec) in enumerate(folders.items()):
        folder = os.path.join(root, "multi-vector", name)
        if spec is None:
            write_native(folder, golden, seed + 40 + index)
        else:
            write_pylate(folder, golden, seed + 40 + index, *spec)
        model = MultiVectorEncoder(folder, device="cpu", local_files_only=True)
        reference = Masked64(model[0].model)
        tensors, rows, worst = {}, {}, 0.0
        for task, batch, encode in (("query", queries, model.encode_query), ("document", documents, model.encode_document)):
            got = encode(batch, convert_to_numpy=True)
            alone = [encode(t, convert_to_numpy=True) for t in batch]
            rows[task] = []
            for i, text in enumerate(batch):
                features = model.preprocess([text], prompt=model.prompts.get(task), task=task)
                ids, attended = features["input_ids"][0].tolist(), int(features["attention_mask"][0].sum())
                scored = model(dict(features), task=task)["attention_mask"][0].bool()
                want = dense_truth(folder, reference.encode(ids, keys=attended))[scored]
                assert len(want) == len(got[i]) == len(alone[i])
                e = max([error(torch.tensor(got[i]), want), error(torch.tensor(alone[i]), want)] if len(want) else [0.0])
                worst = max(worst, e)
                tensors[f"{task}.{i}.truth"] = want.float().contiguous()
                rows[task].append({"text": text, "input_ids": ids, "attended": attended, "scored": [int(s) for s in scored], "error_vs_truth": e})
        q = [tensors[f"query.{i}.truth"].double() for i in range(len(queries))]
        d = [tensors[f"document.{i}.truth"].double() for i in range(len(documents))]
        mean = model.similarity_fn_name == "meanmaxsim"
        truth = torch.tensor([[float((a @ b.T).max(1).values.sum()) / (len(a) if mean else 1) if len(b) else 0.0 for b in d] for a in q], dtype=torch.float64)
        got = model.similarity(model.encode_query(queries), model.encode_document(documents))
        filled = [j for j, b in enumerate(d) if len(b)]
        write_json(os.path.join(folder, "cases.json"), {
            "similarity_fn_name": model.similarity_fn_name, "dimension": 8, "queries": rows["query"], "documents": rows["document"], "scores": truth.tolist(),
            "score_error": error(got[:, filled], truth[:, filled])}, indent=None)
        save_file(tensors, os.path.join(folder, "expected.safetensors"))
        report[name] = (worst, error(got[:, filled], truth[:, filled]), [len(b) for b in d])
    return report


# ----------------------------------------------------------------------------------------------------------- attention


@torch.no_grad()
def attention(root, golden, seed):
    report = {}
    for name in ("plain", "variants/biases", "variants/rope-yarn", "variants/window-2"):
        model = ModernBertModel.from_pretrained(os.path.join(golden, "checkpoints", name), dtype=torch.float32, attn_implementation="eager").eval()
        reference = Masked64(model)
        rng = random.Random(seed + 60)
        tensors, rows = {}, []
        for i, n in enumerate((1, 9, 20) if name == "plain" else (17,)):
            ids = [rng.randrange(model.config.vocab_size - 16) for _ in range(n)]
            out = model(torch.tensor([ids]), output_attentions=True)
            reference.encode(ids)
            errors = []
            for layer, (want, got) in enumerate(zip(reference.probabilities, out.attentions)):
                tensors[f"case.{i}.layer.{layer}.truth"] = want.float().contiguous()
                errors.append(error(got[0], want))
            rows.append({"input_ids": ids, "error_vs_truth": errors})
        folder = os.path.join(root, "attention", os.path.basename(name))
        os.makedirs(folder, exist_ok=True)
        save_file(tensors, os.path.join(folder, "expected.safetensors"))
        write_json(os.path.join(folder, "cases.json"), {"checkpoint": name, "cases": rows}, indent=None)
        report[name] = max(max(r["error_vs_truth"]) for r in rows)
    return report


def main():
    args = arguments_with_golden(__doc__)
    for make in (fill_mask, sparse, multi_vector, attention):
        name = make.__name__.replace("_", "-")
        shutil.rmtree(os.path.join(args.out, name), ignore_errors=True)
        print(name, make(args.out, args.golden, args.seed))


if __name__ == "__main__":
    main()

"""Tiny checkpoints of the tasks with what the pipelines of the reference make of texts.

    python make_tasks.py --golden <golden> --out <golden-extra>/tasks [--seed 1]
Needs tokenizers/small of the golden folder. The pipelines of transformers and CrossEncoder of sentence-transformers run twice: as they are
(float32), and with a model whose logits come from reference64.py, in float64 to the end (truth). `error_vs_truth` is the largest
difference of the two in a folder. Question answering: make_question_answering.py, for transformers 5 no longer has that pipeline.
"""
import contextlib
import os
import random
import warnings

import numpy as np
import sentence_transformers
import torch
import transformers
from sentence_transformers import CrossEncoder
from transformers import (ModernBertForMultipleChoice, ModernBertForQuestionAnswering, ModernBertForSequenceClassification,
                          ModernBertForTokenClassification, PreTrainedTokenizerFast, pipeline)
from transformers.modeling_outputs import TokenClassifierOutput

import texts
from common import arguments_with_golden, write_json
from make_checkpoints import base_config, randomise, special_ids
from make_sentence_transformers import write_tokenizer
from reference64 import Reference64

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()

NLI = ["contradiction", "entailment", "neutral"]
BIO = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "MISC"]
MAX_LENGTH = 48


def labels(names):
    return dict(id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)})


def make_model(folder, golden, cls, seed, **config):
    values = base_config(special_ids(golden), hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, **config)
    model = randomise(cls(values), seed)
    model.save_pretrained(folder)
    write_tokenizer(folder, golden, model_max_length=MAX_LENGTH)
    return model


@contextlib.contextmanager
def in_float64(pipe, kind):
    """The pipeline with float64 logits, and float64 wherever it would narrow them."""
    reference = Reference64(pipe.model)
    own, narrow = pipe.model.forward, torch.Tensor.float

    def forward(input_ids=None, attention_mask=None, **_):
        rows = []
        for ids, mask in zip(input_ids, attention_mask):
            logits = reference.logits(ids[mask.bool()].tolist(), kind)
            if kind == "token":  # padding has logits too, which nothing looks at
                logits = torch.cat([logits, torch.zeros(len(ids) - len(logits), logits.shape[1], dtype=torch.float64)])
            rows.append(logits)
        return TokenClassifierOutput(logits=torch.stack(rows))

    pipe.model.forward, torch.Tensor.float = forward, torch.Tensor.double
    try:
        yield pipe
    finally:
        pipe.model.forward, torch.Tensor.float = own, narrow


def both(pipe, kind, call):
    """Results in float32 and float64."""
    plain = call(pipe)
    with in_float64(pipe, kind):
        return plain, call(pipe)


def largest_error(a, b):
    """The largest difference of numbers that stand in the same places."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        return max([largest_error(a[k], b[k]) for k in a], default=0.0)
    if isinstance(a, list):
        assert len(a) == len(b), (a, b)
        return max([largest_error(x, y) for x, y in zip(a, b)], default=0.0)
    if isinstance(a, float):
        return abs(a - b)
    assert a == b, (a, b)
    return 0.0


def store(folder, cases):
    worst = max(largest_error(c["hf32"], c["truth"]) for c in cases)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "sentence_transformers": sentence_transformers.__version__}
    write_json(os.path.join(folder, "cases.json"), {"versions": versions, "error_vs_truth": worst, "cases": cases}, indent=None)
    print(os.path.basename(folder), len(cases), "cases, error", worst)


def plain(value):
    """Numbers of numpy as Python's own."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


def prose(rng, n, lo=1, hi=25):
    return [texts.random_prose(rng, rng.randrange(lo, hi)) for _ in range(n)]


def classify(pipe, rng):
    cases = []
    inputs = prose(rng, 5) + ["", "a"]
    pairs = [{"text": a, "text_pair": b} for a, b in zip(prose(rng, 4, 1, 12), prose(rng, 4, 1, 12))] + [{"text": texts.random_prose(rng, 60), "text_pair": texts.random_prose(rng, 20)}]
    for given in (inputs, pairs):
        for options in ({}, {"top_k": 2}, {"function_to_apply": "sigmoid"}, {"function_to_apply": "softmax"}, {"function_to_apply": "none", "top_k": 1}):
            # a batch at a time, so that an empty second text keeps its separator; cut as other tasks are
            call = lambda p: plain([p([x], truncation=True, **{"top_k": None, **options})[0] for x in given])
            hf32, truth = both(pipe, "sequence", call)
            cases.append({"task": "classify", "inputs": given, "options": options, "hf32": hf32, "truth": truth})
    return cases


def zero_shot(pipe, rng):
    cases = []
    candidates = ["large", "a memory problem", "early work", "public life"]
    for options in ({}, {"multi_label": True}, {"hypothesis_template": "The text is about {}!"}, {"hypothesis_template": "{}?", "multi_label": True}):
        for chosen in (candidates, candidates[:1]):
            given = prose(rng, 3, 2, 20) + [texts.random_prose(rng, 90)]
            hf32, truth = both(pipe, "sequence", lambda p: plain([p(x, chosen, **options) for x in given]))
            cases.append({"task": "zero_shot", "inputs": given, "candidates": chosen, "options": options, "hf32": hf32, "truth": truth})
    return cases


def sequence_folders(root, golden, seed):
    kinds = {
        "text-single": dict(labels(NLI), classifier_pooling="mean"),
        "text-entailment-first": dict(labels(NLI[1:] + NLI[:1])),
        "text-multi": dict(labels(["red", "green", "blue", "none"]), problem_type="multi_label_classification"),
        "text-regression": dict(labels(["clarity", "length"]), problem_type="regression", classifier_pooling="mean"),
        "text-one-label": dict(num_labels=1),
    }
    for index, (name, config) in enumerate(kinds.items()):
        folder = os.path.join(root, name)
        rng = random.Random(seed + index)
        make_model(folder, golden, ModernBertForSequenceClassification, seed + 2000 + index, **config)
        pipe = pipeline("text-classification", model=folder, device="cpu")
        cases = classify(pipe, rng)
        if "entailment" in pipe.model.config.label2id:
            cases += zero_shot(pipeline("zero-shot-classification", model=folder, device="cpu"), rng)
        store(folder, cases)


def rank_folder(root, golden, seed):
    """A cross-encoder with prompts, as sentence-transformers saves it."""
    folder = os.path.join(root, "reranker-prompts")
    rng = random.Random(seed + 50)
    network = make_model(folder, golden, ModernBertForSequenceClassification, seed + 2050, num_labels=1)
    prompts = {"query": "question: ", "web": "Judge this page. "}
    CrossEncoder(folder, device="cpu", local_files_only=True, prompts=prompts, default_prompt_name="web", activation_fn=torch.nn.Tanh()).save_pretrained(folder, create_model_card=False)
    model = CrossEncoder(folder, device="cpu", local_files_only=True)
    assert model.prompts["web"] == prompts["web"] and isinstance(model.activation_fn, torch.nn.Tanh)
    reference = Reference64(network)
    cases = []
    for options in ({}, {"prompt_name": "query"}, {"prompt": ""}, {"prompt": "Really? ", "top_k": 3}, {"activation_fn": "sigmoid"}, {"activation_fn": "none", "top_k": 5}):
        query, documents = texts.random_prose(rng, 4), prose(rng, 6, 1, 80) + [""]
        functions = {None: torch.tanh, "sigmoid": torch.sigmoid, "none": lambda x: x}
        name = options.get("activation_fn")
        call = {k: v for k, v in options.items() if k != "activation_fn"}
        module = {None: None, "sigmoid": torch.nn.Sigmoid(), "none": torch.nn.Identity()}[name]
        hf32 = plain(model.rank(query, documents, return_documents=True, activation_fn=module, **call))
        prompt = options.get("prompt", prompts[options.get("prompt_name", "web")])
        ids = [model.tokenizer([prompt + query], [d], truncation="longest_first", max_length=MAX_LENGTH)["input_ids"][0] for d in documents]
        scores = [float(functions[name](reference.logits(i, "sequence"))) for i in ids]
        order = sorted(range(len(scores)), key=lambda i: -scores[i])[: options.get("top_k")]
        truth = [{"corpus_id": i, "score": scores[i], "text": documents[i]} for i in order]
        cases.append({"task": "rank", "query": query, "documents": documents, "options": options, "hf32": hf32, "truth": truth})
    store(folder, cases)


def entity_folder(root, golden, seed):
    folder = os.path.join(root, "entities")
    rng = random.Random(seed + 60)
    make_model(folder, golden, ModernBertForTokenClassification, seed + 2060, **labels(BIO))
    pipe = pipeline("token-classification", model=folder, device="cpu")
    hand = ["", " ", "Das Äpfel-Müller GmbH", "O'Neill lives in São Paulo; 東京タワー", "a\n\nb  c\tword", "smiles 🙂🙃 and 👩🏽‍💻 code", "x[MASK]y [CLS] z", "foo[UNK]bar [UNK]"]
    cases = []
    for strategy in ("none", "simple", "first", "average", "max"):
        for options in ({}, {"ignore_labels": []}, {"ignore_labels": ["PER", "I-ORG", "B-LOC"]}, {"stride": 8}, {"stride": 0, "ignore_labels": ["MISC"]}):
            if strategy == "none" and "stride" in options:
                continue
            given = (hand if not options else []) + prose(rng, 3, 2, 30) + [texts.random_prose(rng, 120)]
            call = lambda p: plain([pipeline("token-classification", model=p.model, tokenizer=p.tokenizer, device="cpu", aggregation_strategy=strategy, **options)(x) for x in given])
            hf32, truth = both(pipe, "token", call)
            cases.append({"task": "entities", "inputs": given, "aggregation_strategy": strategy, "options": options, "hf32": hf32, "truth": truth})
    store(folder, cases)


def choice_folder(root, golden, seed):
    folder = os.path.join(root, "choice")
    rng = random.Random(seed + 70)
    model = make_model(folder, golden, ModernBertForMultipleChoice, seed + 2070, classifier_pooling="mean")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    reference = Reference64(model)
    cases = []
    for count in (1, 2, 4, 5):
        prompt, choices = texts.random_prose(rng, rng.randrange(3, 50)), prose(rng, count, 1, 12)
        batch = tokenizer([prompt] * count, choices, truncation=True, padding=True, return_tensors="pt")
        with torch.no_grad():
            logits = model(input_ids=batch["input_ids"][None], attention_mask=batch["attention_mask"][None]).logits[0]
        ids = [i[m.bool()].tolist() for i, m in zip(batch["input_ids"], batch["attention_mask"])]
        exact = torch.stack([reference.logits(i, "sequence")[0] for i in ids])
        result = lambda x: {"logits": x.tolist(), "scores": torch.softmax(x, -1).tolist()}
        cases.append({"task": "choice", "prompt": prompt, "choices": choices, "options": {}, "hf32": result(logits), "truth": result(exact)})
    store(folder, cases)


def main():
    args = arguments_with_golden(__doc__)
    sequence_folders(args.out, args.golden, args.seed)
    rank_folder(args.out, args.golden, args.seed)
    entity_folder(args.out, args.golden, args.seed)
    choice_folder(args.out, args.golden, args.seed)
    make_model(os.path.join(args.out, "question"), args.golden, ModernBertForQuestionAnswering, args.seed + 2080)


if __name__ == "__main__":
    main()

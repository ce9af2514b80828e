"""What the question answering pipeline of the reference makes of texts.

    python make_question_answering.py --out <golden-extra>/tasks [--seed 1]
Needs the folder `question` that make_tasks.py writes, and transformers 4.57: 5 has no such pipeline any more. The pipeline runs twice, with the
logits of the reference (float32) and with those of reference64.py (float64 to the end); see make_tasks.py.
"""
import argparse
import json
import os
import random
import types
import warnings

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from transformers import pipeline
from transformers.modeling_outputs import QuestionAnsweringModelOutput

import texts
from common import write_json
from reference64 import Reference64

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()


def reference(folder):
    """reference64.py on the files themselves: the model class of transformers 4 has other parts."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    dim = config["hidden_size"] // config["num_attention_heads"]
    frequencies = {kind: 1.0 / (rope["rope_theta"] ** (torch.arange(0, dim, 2, dtype=torch.int64).float() / dim)) for kind, rope in config["rope_parameters"].items()}
    rotary = types.SimpleNamespace(layer_types=list(frequencies), **{f"{k}_inv_freq": v for k, v in frequencies.items()}, **{f"{k}_attention_scaling": 1.0 for k in frequencies})
    weights = load_file(os.path.join(folder, "model.safetensors"))
    return Reference64(types.SimpleNamespace(config=types.SimpleNamespace(**config), model=types.SimpleNamespace(rotary_emb=rotary), state_dict=lambda: weights))


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    folder = os.path.join(args.out, "question")
    pipe = pipeline("question-answering", model=folder, device="cpu", model_kwargs={"reference_compile": False, "attn_implementation": "eager"})
    truth64 = reference(folder)
    own = pipe.model.forward

    def forward(input_ids=None, attention_mask=None, **_):
        logits = truth64.logits(input_ids[0].tolist(), "question")
        return QuestionAnsweringModelOutput(start_logits=logits[None, :, 0], end_logits=logits[None, :, 1])

    rng = random.Random(args.seed + 80)
    hand = [("Wer fährt?", "Die Straßenbahn fährt über die Brücke, während Müller größere Äpfel kauft."), ("why 🙂?", "smiles 🙂🙃 and 👩🏽‍💻 code; smiles 🙂"), ("a", "b"), ("where [CLS]", "here [CLS] there")]
    cases, worst = [], 0.0
    for options in ({}, {"top_k": 4}, {"handle_impossible_answer": True}, {"handle_impossible_answer": True, "top_k": 3}, {"max_answer_len": 3, "top_k": 2}, {"align_to_words": False, "top_k": 3},
                    {"doc_stride": 4, "top_k": 3}, {"max_seq_len": 24, "doc_stride": 6, "top_k": 3}, {"max_seq_len": 20, "doc_stride": 0, "top_k": 5, "handle_impossible_answer": True}):
        given = (hand if "top_k" not in options else hand[:2]) + [(texts.random_prose(rng, rng.randrange(1, 6)), texts.random_prose(rng, n)) for n in (5, 15, 30, 120)]
        # the result is a dict where there is one answer
        call = lambda: [[plain(a) for a in (r if isinstance(r, list) else [r])] for r in (pipe(question=q, context=c, **options) for q, c in given)]
        hf32 = call()
        pipe.model.forward = forward
        truth = call()
        pipe.model.forward = own
        for a, b in zip(hf32, truth):
            assert [(x["answer"], x["start"], x["end"]) for x in a] == [(x["answer"], x["start"], x["end"]) for x in b], (a, b)
            worst = max([worst] + [abs(x["score"] - y["score"]) for x, y in zip(a, b)])
        cases.append({"task": "answer", "inputs": [{"question": q, "context": c} for q, c in given], "options": options, "hf32": hf32, "truth": truth})
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    write_json(os.path.join(folder, "cases.json"), {"versions": versions, "error_vs_truth": worst, "cases": cases}, indent=None)
    print("question", len(cases), "cases, error", worst)


if __name__ == "__main__":
    main()

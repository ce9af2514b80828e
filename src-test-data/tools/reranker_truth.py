"""Scores of the modular rerankers of the golden folder in float64, and how far the reference's float32 is from them.

    python reranker_truth.py --golden <golden> --out <golden-extra>/rerankers
The golden cases have one float32 run, and one of `model.double()`, which rotates in float32. Here truth is reference64.py with the modules in
float64, and `error_vs_truth` is that of four runs of the reference: eager and sdpa attention, pairs alone and in one padded batch.
"""
import argparse
import json
import os

import torch
from sentence_transformers import CrossEncoder
from torch import nn

from common import write_json
from reference64 import Reference64

torch.set_num_threads(1)


def truth(model, cases):
    encoder = Reference64(model[0].model)
    mean = model[1].pooling_mode in ("mean", ("mean",), ["mean"])
    rows = []
    for ids in cases["input_ids"]:
        states = encoder.encode(ids)
        features = {"sentence_embedding": (states.mean(0) if mean else states[0])[None]}
        with torch.no_grad():
            for module in list(model)[2:]:
                features = module.double()(features)
        rows.append(features["scores"][0])
    return torch.stack(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--golden", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    root = os.path.join(arguments.golden, "rerankers")
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        with open(os.path.join(folder, "cases.json"), encoding="utf-8") as f:
            cases = json.load(f)
        model = CrossEncoder(folder, device="cpu")
        raw = truth(model, cases)
        scores = model.activation_fn(raw)
        errors = {"raw": {}, "scores": {}}
        pairs = [tuple(p) for p in cases["pairs"]]
        for attention in ("eager", "sdpa"):
            model = CrossEncoder(folder, device="cpu", model_kwargs={"attn_implementation": attention})
            for kind, expected, function in (("raw", raw, nn.Identity()), ("scores", scores, None)):
                alone = [torch.tensor(model.predict([p], activation_fn=function)).reshape(-1) for p in pairs]
                batch = torch.tensor(model.predict(pairs, activation_fn=function)).reshape(expected.shape)
                errors[kind][attention + "_single"] = float((torch.stack(alone).double() - expected).abs().max())
                errors[kind][attention + "_padded"] = float((batch.double() - expected).abs().max())
        write_json(os.path.join(arguments.out, name + ".json"), dict(
            raw=raw.tolist(), scores=scores.tolist(), error_vs_truth=errors))


if __name__ == "__main__":
    main()

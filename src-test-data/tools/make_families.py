"""Models in the shape of published families, with generated weights: <golden-extra>/families/<name>.

    python make_families.py --out <golden-extra>/families [--seed 1]
config.json has the family's layers, sizes, activation and RoPE; its vocabulary is cut to 2,048 tokens, which only a table depends on. The weights
follow from the seed as synthetic.py specifies them and are not stored. Truth is reference64.py; `error_vs_truth` is that of the reference in
float32. Sizes are those of the model cards, or of the papers that describe the families; what neither says is as in the model it was made from.
"""
import argparse
import os

import torch
from safetensors.torch import save_file
from transformers import ModernBertConfig, ModernBertModel

from common import write_json
from reference64 import Reference64
from synthetic import fill, splitmix

torch.set_num_threads(1)
VOCABULARY = 2048
LENGTHS = [3, 65, 300]
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 8192}


def shape(hidden, intermediate, layers, heads, **more):
    return dict(hidden_size=hidden, intermediate_size=intermediate, num_hidden_layers=layers, num_attention_heads=heads, **more)


FAMILIES = {
    "ettin-32m": shape(384, 576, 10, 6),
    "modernbert-ja-30m": shape(256, 1024, 10, 4),
    "mmbert-small": shape(384, 1152, 22, 6, local_rope_theta=160000.0),
    "mmbert-small-32k-yarn": shape(384, 1152, 22, 6, local_rope_theta=160000.0, max_position_embeddings=32768, rope_scaling=YARN),
    "granite-97m": shape(384, 1536, 12, 12, hidden_activation="silu"),
}


def config(values):
    """The configuration as published folders of transformers 4 have it."""
    return dict({"model_type": "modernbert", "architectures": ["ModernBertModel"], "vocab_size": VOCABULARY, "global_attn_every_n_layers": 3, "local_attention": 128,
                 "global_rope_theta": 160000.0, "local_rope_theta": 10000.0, "max_position_embeddings": 8192, "pad_token_id": 0}, **values)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name, values in FAMILIES.items():
        folder = os.path.join(arguments.out, name)
        write_json(os.path.join(folder, "config.json"), config(values))
        model = fill(ModernBertModel(ModernBertConfig.from_pretrained(folder, attn_implementation="sdpa")), arguments.seed)
        reference = Reference64(model)
        cases, tensors = [], {}
        for length in LENGTHS:
            ids = [(int(z) >> 1) % VOCABULARY for z in splitmix(arguments.seed + length, 0, length)]
            truth = reference.encode(ids)
            with torch.no_grad():
                found = model(torch.tensor([ids])).last_hidden_state[0]
            rows = sorted({0, 1, length // 2, length - 1})
            tensors[f"case.{len(cases)}.truth"] = truth[rows].float().contiguous()
            cases.append(dict(input_ids=ids, rows=rows, error_vs_truth=float((found.double() - truth).abs().max())))
        save_file(tensors, os.path.join(folder, "expected.safetensors"))
        write_json(os.path.join(folder, "cases.json"), dict(seed=arguments.seed, cases=cases), indent=None)
        print(name, [c["error_vs_truth"] for c in cases], float(truth.abs().max()))


if __name__ == "__main__":
    main()

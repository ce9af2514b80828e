"""The first layers of a golden checkpoint alone, as models trained with 2D Matryoshka are used: <golden-extra>/fewer-layers.

    python make_fewer_layers.py --golden <golden> --out <golden-extra>/fewer-layers [--seed 1]
The reference has no option for it: as its documentation says, the list of layers is cut. cases.json names the checkpoint, which is not copied.
"""
import os
import random

import torch
from safetensors.torch import save_file
from transformers import ModernBertModel

from common import arguments_with_golden, write_json
from make_checkpoints import sequences
from reference64 import Reference64

torch.set_num_threads(1)
CHECKPOINT = "checkpoints/plain"


def main():
    arguments = arguments_with_golden(__doc__)
    folder = os.path.join(arguments.golden, CHECKPOINT)
    cases, tensors = [], {}
    for layers in (1, 2, 4, 6):
        models = {a: ModernBertModel.from_pretrained(folder, attn_implementation=a) for a in ("eager", "sdpa")}
        for model in models.values():
            model.layers = model.layers[:layers]
            model.config.num_hidden_layers = layers
        reference = Reference64(models["eager"])
        for ids in sequences(models["eager"].config, [1, 7, 40], random.Random(arguments.seed)):
            truth = reference.encode(ids)
            errors = {}
            for attention, model in models.items():
                with torch.no_grad():
                    found = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
                errors[attention + "_single"] = float((found.double() - truth).abs().max())
            tensors[f"case.{len(cases)}.truth"] = truth.float()
            cases.append(dict(layers=layers, input_ids=ids, error_vs_truth=errors))
    os.makedirs(arguments.out, exist_ok=True)
    save_file(tensors, os.path.join(arguments.out, "expected.safetensors"))
    write_json(os.path.join(arguments.out, "cases.json"), dict(checkpoint=CHECKPOINT, cases=cases))


if __name__ == "__main__":
    main()

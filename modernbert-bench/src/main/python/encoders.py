"""Writes encoders of other families in ModernBERT's sizes, with generated weights, for `run encoders`.

    python encoders.py FOLDER SHAPE     # SHAPE: base or large; writes FOLDER/SHAPE/<family>, what is there stays

Each folder has config.json, model.safetensors and, if the exporter takes the model, onnx/model.onnx (float32, both axes
dynamic). The shapes are those of the published checkpoints. The time of a forward pass does not depend on the values of
weights, so random ones serve.
"""
import os
import shutil
import sys
import tempfile
import traceback

import export

SIZES = {
    "base": {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072},
    "large": {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096},
}
DEBERTA_V3 = {
    "vocab_size": 128100,
    "relative_attention": True,
    "position_buckets": 256,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": "p2c|c2p",
    "position_biased_input": False,
    "max_position_embeddings": 512,
    "type_vocab_size": 0,
}
# Nomic's and Alibaba's are the long-context encoders that transformers runs without code of the checkpoint's author.
FAMILIES = {
    "bert": ("bert", {"vocab_size": 30522}),
    "roberta": ("roberta", {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}),
    "deberta-v3": ("deberta-v2", DEBERTA_V3),
    "nomic-bert": ("nomic_bert", {"vocab_size": 30528, "max_position_embeddings": 8192}),
    "gte-en": ("gte", {"vocab_size": 30528, "max_position_embeddings": 8192, "pad_token_id": 0}),
}


def write(family, shape, target):
    import torch
    from transformers import AutoConfig, AutoModel

    kind, settings = FAMILIES[family]
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **SIZES[shape], **settings)
    AutoModel.from_config(config, dtype=torch.float32).save_pretrained(target)
    onnx = os.path.join(target, "onnx")
    os.mkdir(onnx)
    try:
        export.export(target, os.path.join(onnx, "model.onnx"))
    except Exception:
        traceback.print_exc()
        print(f"encoders: {family} has no ONNX file", file=sys.stderr)
        shutil.rmtree(onnx)


if __name__ == "__main__":
    folder, shape = os.path.join(sys.argv[1], sys.argv[2]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    for family in FAMILIES:
        export.once(folder, family, lambda _, target: write(family, shape, target))

"""A tiny base model and LoRA adapters of it, made with peft, with what the adapted models compute.

    python make_adapters.py --golden <golden> --out <golden-extra>/adapters [--seed 1]
Truth is float64 (reference64.py) on weights merged in float64; `error_vs_truth` is that of the adapted model of peft in float32, which does not
merge. The base model is called `adapters/base` in the adapters, as if it was one of the hub.
"""
import copy
import json
import os
import random
import shutil

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import (ModernBertForMaskedLM, ModernBertForSequenceClassification, ModernBertForTokenClassification, ModernBertModel)

from common import arguments_with_golden, write_json
from make_checkpoints import base_config, randomise, sequences, special_ids
from make_sentence_transformers import write_tokenizer
from reference64 import Reference64

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()

NAME = "adapters/base"
EMBEDDINGS = "model.embeddings.tok_embeddings.weight"


def randomise_adapter(model, seed):
    """Adapters begin with B = 0: give every trained weight a value of its own."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if p.requires_grad:
                noise = torch.randn(p.shape, generator=g)
                p.copy_(1 + 0.3 * noise if name.endswith("norm.weight") else noise * (0.7 / p.shape[-1] ** 0.5))
    return model.eval()


def truth(adapted, kind, tied_embeddings):
    base = None
    if tied_embeddings:  # the decoder stays what it was: merging in place would change it too
        base = next(p for n, p in adapted.named_parameters() if n.endswith("tok_embeddings.base_layer.weight")).detach().double()
    merged = copy.deepcopy(adapted).double().merge_and_unload()
    reference = Reference64(merged)
    if base is not None:
        reference.w["decoder.weight"] = base
    if kind == "hidden":
        return reference.encode
    return lambda ids: reference.logits(ids, kind)


@torch.no_grad()
def reference32(adapted, ids):
    out = adapted(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long))
    return (out.logits if hasattr(out, "logits") else out.last_hidden_state)[0]


def main():
    a = arguments_with_golden(__doc__)
    shutil.rmtree(a.out, ignore_errors=True)
    base = os.path.join(a.out, "base")
    config = base_config(special_ids(a.golden), hidden_size=32, intermediate_size=48, num_hidden_layers=4, num_attention_heads=2)
    randomise(ModernBertForMaskedLM(config), a.seed).save_pretrained(base)
    write_tokenizer(base, a.golden)

    linear = ["Wqkv", "Wo", "Wi"]
    folders = {
        "features": (ModernBertModel, {}, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear"), "hidden"),
        "patterns": (ModernBertModel, {}, LoraConfig(
            r=4, lora_alpha=8, target_modules=linear, use_rslora=True, rank_pattern={"attn.Wo": 2, "layers.1.mlp.Wi": 6},
            alpha_pattern={"Wqkv": 3, "^layers.2.attn.Wo": 16}), "hidden"),
        "sequence": (ModernBertForSequenceClassification, dict(num_labels=3), LoraConfig(
            task_type="SEQ_CLS", r=3, lora_alpha=9, target_modules=linear, modules_to_save=["head"]), "sequence"),
        "tokens": (ModernBertForTokenClassification, dict(num_labels=5), LoraConfig(
            task_type="TOKEN_CLS", r=3, lora_alpha=6, target_modules=["Wqkv", "dense"]), "token"),
        "embeddings": (ModernBertForMaskedLM, {}, LoraConfig(
            r=4, lora_alpha=4, target_modules=["tok_embeddings", "Wi"]), "masked_lm"),
        "dora": (ModernBertModel, {}, LoraConfig(r=4, target_modules=["Wqkv"], use_dora=True), None),
    }
    for i, (name, (model_class, extra, lora, kind)) in enumerate(folders.items()):
        out = os.path.join(a.out, name)
        adapted = randomise_adapter(get_peft_model(model_class.from_pretrained(base, **extra), lora), a.seed + 100 * i)
        adapted.save_pretrained(out)
        os.remove(os.path.join(out, "README.md"))
        if name == "patterns":  # the older format
            weights = os.path.join(out, "adapter_model.safetensors")
            torch.save(load_file(weights), os.path.join(out, "adapter_model.bin"))
            os.remove(weights)
        path = os.path.join(out, "adapter_config.json")
        with open(path, encoding="utf-8") as f:
            document = json.load(f)
        document["base_model_name_or_path"] = NAME
        for key in ("target_modules", "modules_to_save"):
            if isinstance(document.get(key), list):
                document[key] = sorted(document[key])
        write_json(path, document)
        if name == "tokens":  # a configuration beside the adapter, with the names of the labels
            labelled = copy.deepcopy(config)
            labelled.id2label = dict(enumerate(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]))
            labelled.label2id = {v: k for k, v in labelled.id2label.items()}
            labelled.save_pretrained(out)
        if kind is None:
            continue
        exact = truth(adapted, kind, name == "embeddings")
        cases, tensors = [], {}
        for n, ids in enumerate(sequences(config, [1, 2, 9, 40], random.Random(a.seed + i))):
            expected = exact(ids)
            found = reference32(adapted, ids).double().reshape(expected.shape)
            tensors[f"case.{n}.truth"] = expected.float().contiguous()
            cases.append(dict(input_ids=ids, error_vs_truth=dict(eager_single=float((found - expected).abs().max())),
                              max_abs=float(expected.abs().max())))
        save_file(tensors, os.path.join(out, "expected.safetensors"))
        write_json(os.path.join(out, "cases.json"), dict(task=kind, cases=cases))


if __name__ == "__main__":
    main()

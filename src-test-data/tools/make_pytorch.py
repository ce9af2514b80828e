"""Files of torch.save in each of its formats, with the same tensors as safetensors beside them, and files that are refused.

    python make_pytorch.py --golden <golden> --out <golden-extra>/pytorch
Beside them `embedder` and `masked-lm`: weights of sentence-transformers/dense-twice and of golden-extra's fill-mask/tied as people publish them.
"""
import argparse
import collections
import json
import pathlib

import torch
from safetensors.torch import load_file, save_file
from transformers import ModernBertForMaskedLM


def tensors():
    generator = torch.Generator().manual_seed(1)
    base = torch.randn(6, 8, generator=generator)
    state = collections.OrderedDict()
    state["base"] = base
    state["shared"] = base
    state["transposed"] = base.t()
    state["rows"] = base[2:5]
    state["columns"] = base[:, 1:8:3]
    state["permuted"] = torch.randn(2, 3, 4, generator=generator).permute(2, 0, 1)
    state["element"] = base[3, 4]
    state["one_row_of_a_transposed"] = base.t()[5:6]
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.empty(0, 3)
    state["empty_view"] = base[6:]
    state["ones"] = torch.ones(1, 4, 1).transpose(0, 2)
    state["parameter"] = torch.nn.Parameter(torch.randn(3, 3, generator=generator))
    state["frozen"] = torch.nn.Parameter(torch.randn(3, generator=generator), requires_grad=False)
    state["größe"] = torch.randn(2, generator=generator)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        state[str(dtype)] = torch.randn(3, 5, generator=generator).to(dtype)
        state[f"{dtype}.transposed"] = torch.randn(3, 5, generator=generator).to(dtype).t()
    for dtype in (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64):
        state[str(dtype)] = torch.randint(0, 100, (2, 3), generator=generator).to(dtype)
    state["torch.bool"] = torch.tensor([True, False, True])
    state["torch.complex64"] = torch.tensor([1 + 2j, 3 - 4j])
    return state


def new_types():
    state = collections.OrderedDict()
    state["e4m3"] = torch.tensor([1.0, -0.5, 3.0]).to(torch.float8_e4m3fn)
    state["e5m2"] = torch.tensor([1.0, -0.5, 3.0]).to(torch.float8_e5m2)
    for dtype in (torch.uint16, torch.uint32, torch.uint64):
        state[str(dtype)] = torch.tensor([1, 2, 60000]).to(dtype)
    return state


def copies(state):
    return {name: tensor.detach().clone().contiguous() for name, tensor in state.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--golden", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    state = tensors()
    save_file(copies(state), out / "tensors.safetensors")
    torch.save(state, out / "tensors.zip.bin")
    torch.save(state, out / "tensors.protocol4.bin", pickle_protocol=4)
    torch.save(state, out / "tensors.legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(dict(state), out / "tensors.dict.bin")
    save_file(copies(new_types()), out / "new_types.safetensors")
    torch.save(new_types(), out / "new_types.zip.bin")

    # The state dict of a module carries the versions of its parts as an attribute.
    torch.manual_seed(2)
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4))
    save_file(copies(module.state_dict()), out / "module.safetensors")
    torch.save(module.state_dict(), out / "module.zip.bin")
    torch.save(module.state_dict(), out / "module.legacy.bin", _use_new_zipfile_serialization=False)

    # A whole module and a training checkpoint are no state dicts.
    torch.save(module, out / "refused.whole-module.bin")
    torch.save({"epoch": 3, "model": module.state_dict()}, out / "refused.epoch.bin")
    torch.save({"model": module.state_dict()}, out / "refused.nested.bin")
    torch.save([torch.ones(2)], out / "refused.list.bin")
    torch.save({"w": torch.ones(1).expand(1 << 20)}, out / "refused.expanded.bin")
    torch.save({"w": torch.sparse_coo_tensor([[0]], [1.0], (3,))}, out / "refused.sparse.bin")
    torch.save({0: torch.ones(2)}, out / "refused.key.bin")

    sharded = out / "sharded"
    sharded.mkdir(exist_ok=True)
    state = module.state_dict()
    weight_map = {}
    for i, names in enumerate((["0.weight", "1.bias"], ["0.bias", "1.weight"])):
        file = f"pytorch_model-0000{i + 1}-of-00002.bin"
        torch.save({name: state[name] for name in names}, sharded / file)
        weight_map.update(dict.fromkeys(names, file))
    (sharded / "pytorch_model.bin.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": weight_map}, indent=1) + "\n"
    )

    source = arguments.golden / "sentence-transformers" / "dense-twice"
    for file in sorted(source.rglob("model.safetensors")):
        target = out / "embedder" / file.relative_to(source).with_name("pytorch_model.bin")
        target.parent.mkdir(parents=True, exist_ok=True)
        torch.save(load_file(file), target)

    # Of layers that share a matrix, both names are in the state dict.
    masked_lm = out / "masked-lm"
    masked_lm.mkdir(exist_ok=True)
    model = ModernBertForMaskedLM.from_pretrained(out.parent / "fill-mask" / "tied")
    assert model.decoder.weight is model.model.embeddings.tok_embeddings.weight
    torch.save(model.state_dict(), masked_lm / "pytorch_model.bin")


if __name__ == "__main__":
    main()

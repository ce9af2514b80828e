"""What the peers of the benchmark read, made from a ModernBERT checkpoint once.

    python export.py FOLDER     # writes FOLDER/onnx, FOLDER/products and, if installed, for OpenVINO FOLDER/openvino
    python export.py FOLDER onnx    # only that

onnx/model.onnx: float32, inputs input_ids and attention_mask (int64, batch x length, both axes dynamic), output
last_hidden_state. Opset 23, whose operators Attention, RotaryEmbedding and Gelu keep whole what an older opset takes
apart: ONNX Runtime 1.32 ran 32 x 128 tokens on one thread 10 to 16 % faster than with opset 18, OpenVINO 2026.4 as
fast as a model converted from PyTorch. One gap of the exporter is closed by hand: position ids are given for each
text, since RotaryEmbedding wants tables of the batch's size.

onnx/model-int8.onnx: onnxruntime.quantization.quantize_dynamic on matrix products, int8 weights per channel,
activations quantised on the way.

openvino/weights-int8.xml: nncf.compress_weights, int8; OpenVINO quantises activations on the way, in its default
groups. openvino/int8.xml: nncf.quantize for transformers, weights and activations, calibrated on random tokens.

products/KxN.onnx: one matrix product of each shape of the models, x (rows x K) times K x N weights that are small
multiples of 1/64, so that results are exact in any order of summation.
"""
import os
import shutil
import sys
import tempfile

OPSET = 23
PRODUCTS = ["768x2304", "768x768", "1152x768", "1024x3072", "1024x1024", "1024x5248", "2624x1024"]


def export(folder, file):
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    rotary = getattr(model.config, "rope_parameters", None) is not None

    class LastHiddenState(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask):
            inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
            if rotary:
                batch, length = input_ids.shape
                inputs["position_ids"] = torch.arange(length).unsqueeze(0).expand(batch, -1)
            return self.model(**inputs).last_hidden_state

    ids = torch.randint(2, model.config.vocab_size, (2, 150))
    mask = torch.ones_like(ids)
    mask[1, 100:] = 0
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")}
    program = torch.onnx.export(
        LastHiddenState(),
        (ids, mask),
        dynamo=True,
        opset_version=OPSET,
        input_names=["input_ids", "attention_mask"],
        output_names=["last_hidden_state"],
        dynamic_shapes=(axes, axes),
        optimize=True,
    )
    program.save(file, external_data=True)


def quantize(file, target):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        file,
        target,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        use_external_data_format=False,
    )


def export_onnx(folder, target):
    export(folder, os.path.join(target, "model.onnx"))
    quantize(os.path.join(target, "model.onnx"), os.path.join(target, "model-int8.onnx"))


def export_openvino(folder, target):
    import nncf
    import numpy as np
    import openvino

    core = openvino.Core()
    file = os.path.join(folder, "onnx", "model.onnx")
    model = nncf.compress_weights(core.read_model(file), mode=nncf.CompressWeightsMode.INT8_SYM)
    openvino.save_model(model, os.path.join(target, "weights-int8.xml"), compress_to_fp16=False)
    random = np.random.default_rng(0)
    samples = []
    for length in (16, 64, 128, 256) * 4:
        ids = random.integers(2, 50000, (1, length))
        samples.append({"input_ids": ids, "attention_mask": np.ones_like(ids)})
    model = nncf.quantize(
        core.read_model(file),
        nncf.Dataset(samples),
        subset_size=len(samples),
        model_type=nncf.ModelType.TRANSFORMER,
    )
    openvino.save_model(model, os.path.join(target, "int8.xml"), compress_to_fp16=False)


def export_products(folder, target):
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    for product in PRODUCTS:
        depth, features = map(int, product.split("x"))
        k, n = np.ogrid[:depth, :features]
        weights = (((31 * k + 17 * n) % 97 - 48) / 64).astype(np.float32)
        graph = helper.make_graph(
            [helper.make_node("MatMul", ["x", "w"], ["y"])],
            product,
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", depth])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", features])],
            [numpy_helper.from_array(weights, "w")],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
        onnx.save(model, os.path.join(target, product + ".onnx"))


def once(folder, name, make):
    """Runs make(folder, target) unless folder/name is there; never leaves half of it."""
    done = os.path.join(folder, name)
    if os.path.exists(done):
        return
    target = tempfile.mkdtemp(dir=folder)
    try:
        make(folder, target)
        os.rename(target, done)
    except ImportError as e:
        print(f"export: no {name}: {e}", file=sys.stderr)
    finally:
        shutil.rmtree(target, ignore_errors=True)


EXPORTS = {"onnx": export_onnx, "products": export_products, "openvino": export_openvino}


if __name__ == "__main__":
    for name in sys.argv[2:] or EXPORTS:
        once(sys.argv[1], name, EXPORTS[name])

"""Activations of torch.nn without parameters, in float64, at float32 values: <golden-extra>/activations/torch.json.

    python make_activations.py --out <golden-extra>/activations
"""
import argparse
import os

import torch
from torch import nn

from common import write_json

CLASSES = [
    nn.CELU, nn.ELU, nn.GELU, nn.Hardshrink, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.Identity, nn.LeakyReLU, nn.LogSigmoid, nn.LogSoftmax,
    nn.Mish, nn.ReLU, nn.ReLU6, nn.RReLU, nn.SELU, nn.SiLU, nn.Sigmoid, nn.Softmax, nn.Softmin, nn.Softplus, nn.Softshrink, nn.Softsign, nn.Tanh,
    nn.Tanhshrink]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    special = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 6.0, -6.0, 20.0, 20.5, -20.5, 88.0, -88.0, 1e-6, -1e-6, 1e-20, 0.49999997, 2.9999998]
    x = torch.cat((torch.tensor(special), torch.randn(60, generator=torch.Generator().manual_seed(1)) * 4)).float()
    values = {}
    for each in CLASSES:
        # Two rows: functions over the whole vector take the last dimension of a matrix.
        y = each().eval()(torch.stack((x, -x)).double())
        values[f"{each.__module__}.{each.__name__}"] = y[0].tolist()
    write_json(os.path.join(out, "torch.json"), dict(x=x.tolist(), values=values))


if __name__ == "__main__":
    main()

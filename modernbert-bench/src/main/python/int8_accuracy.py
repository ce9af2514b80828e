"""How much accuracy ways of computing a ModernBERT's linear layers in int8 cost, measured against float32 of the same model.

    python int8_accuracy.py FOLDER RESULTS.jsonl [--plant NAME ...] [--scheme NAME ...] [--texts 300] [--join 1] [--crest]
    python int8_accuracy.py FOLDER RESULTS.jsonl --texts 900 --long 16 ...   # texts of 64 to 512 tokens, for attention
    python int8_accuracy.py FOLDER RESULTS.jsonl --onnx        # also the peer: ONNX Runtime's quantize_dynamic
    python int8_accuracy.py RESULTS.jsonl --table              # what was measured, as tables

FOLDER is a checkpoint with a tokenizer; a sentence-transformers folder is measured as such (mean pooling, Dense).
Results are appended and what is there is not measured again, so a run that ends at its limit of seconds goes on later.

Schemes are written act/weight[/equal[/attention]]; bf16-table is float32 with the table of token vectors rounded to bfloat16:
    act     f32; row (one scale per token: amax / 127); g64 (per 64 inputs); two (row, and its remainder in steps of 1/254);
            wide (15 bits, rint(x * 16256 / amax), which are two bytes: 128 * q1 + q2); T8 or W8 (two or wide for rows whose
            amax / rms is above 8, else row); or by kind of input, as Wqkv=W8,attn=W8,Wi=W8,mlp=wide
    weight  f32; amax (per output channel); ls (scale of least squares); two; T8 (two terms for rows of crest above 8)
    equal   t, by which a product's inputs are divided and its weights' columns multiplied, from weights alone. With s the
            expected size of an input (norm weight, norm of the value's or gate's and input's rows), c the root mean square
            of the weight's column and r that of its column after each row was divided by its own root mean square:
            eq (sqrt(s / c)), eq2 (its nearest power of two), eqr (sqrt(s / r)), flatx (s), flatw (1 / c), flatr (1 / r);
            with 0 behind it all but the first layer's Wqkv, whose input has no norm of its own that t could be folded into

    attention  what of its products is in integers, joined by +; the rest and the softmax are float32
            qk      queries and keys are integers, each row of a head with its scale (127 levels)
            qke     the same after keys were divided and queries multiplied by t, one for each pair of RoPE of a head: the root of
                    the norm of the rows of weights that make its keys, divided by that of its queries
            row, two, T8   values are such integers too; their scales are multiplied into the weights exp(score - largest), which
                    become integers of 127 levels, block by block of 256 keys: one term, two, or two in rows whose integers'
                    crest is above 8. Blocks begin as the kernels' do (28 queries; the first key in a multiple of 32)
            u8      weights of 255 levels, one term; u8b64, rowb64: blocks of 64 keys

Plants change weights so that float32 computes the same (powers of two), or what outliers of trained models look like:
    norm    1.5 % of the norms' weights times 8 to 64, the columns they feed divided
    glu     1.5 % of the gates times 16 to 64, the columns of mlp.Wo divided
    value   1.5 % of the values times 8 to 64, the columns of attn.Wo divided
    all     the three
    spike   two gated units that are a hundred times larger than the others on [CLS] and [SEP]
    massive these units write a hundred times its root mean square into two channels of the residual stream
    keys    two pairs of RoPE that are 10 times larger in all keys, and smaller in the queries
    sink    in every other head all queries give the first key a logit of about 8 above the others, and the norm of its
            value is a tenth; sink12 a logit of 12. Queries, keys and values are changed after RoPE, in float32 too
"""
import argparse
import glob
import json
import os
import re
import sys
import tempfile
import time

import numpy as np
import torch

KINDS = {"Wqkv": "attn.Wqkv", "attn": "attn.Wo", "Wi": "mlp.Wi", "mlp": "mlp.Wo"}
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, *[".."] * 4)
QUERY_BLOCK = 28


# Texts: the project's documentation, the bundled model's golden texts and pairs that say nearly the same.


def texts(count):
    random = np.random.default_rng(1)
    golden = os.path.join(ROOT, "src-test-data", "golden-extra", "mini", "golden.json")
    with open(golden, encoding="utf-8") as file:
        found = [case["text"] for case in json.load(file)["cases"] if case["text"].strip()]
    prose = []
    for name in sorted(glob.glob(os.path.join(ROOT, "**", "*.md"), recursive=True)):
        with open(name, encoding="utf-8") as file:
            text = re.sub(r"```.*?```|^[|#].*?$", " ", file.read(), flags=re.S | re.M)
        prose += [s for s in re.split(r"(?<=[.!?])\s+", re.sub(r"\s+", " ", text)) if 25 < len(s) < 400]
    who = ["a woman", "the old man", "two children", "my neighbour", "the teacher", "a customer"]
    does = ["is playing the guitar|plays a guitar", "is cooking soup|prepares a soup", "reads the newspaper|is reading a paper",
            "asks for a refund|wants the money back", "lost the house keys|cannot find the keys", "rides a horse|is riding a pony"]
    where = ["in the park", "at home", "near the station", "on a rainy day"]
    pairs = [f"{w} {d} {p}" for w in who for e in does for d in e.split("|") for p in where]
    third = count // 3
    pick = lambda values, n: [values[i] for i in sorted(random.permutation(len(values))[:n])]
    found = found[:third]
    found += pick(pairs, third)
    return found + pick(prose, count - len(found))


# Quantisation, in the float32 operations that the kernels would do.


def rows_one(x):
    amax = x.abs().amax(-1, keepdim=True)
    scale = torch.where(amax > 0, amax / 127, 0.0)
    return torch.round(x * torch.where(amax > 0, 127 / amax, 0.0)) * scale


def rows_two(x):
    amax = x.abs().amax(-1, keepdim=True)
    scale = torch.where(amax > 0, amax / 127, 0.0)
    inverse = torch.where(amax > 0, 127 / amax, 0.0)
    first = torch.round(x * inverse) * scale
    return first + torch.round((x - first) * (inverse * 254)).clamp(-127, 127) * (scale / 254)


def rows_wide(x):
    amax = x.abs().amax(-1, keepdim=True)
    return torch.round(x * torch.where(amax > 0, 16256 / amax, 0.0)) * torch.where(amax > 0, amax / 16256, 0.0)


def crest(x):
    return x.abs().amax(-1) / x.square().mean(-1).sqrt().clamp_min(1e-30)


def by_crest(x, threshold, two):
    high = crest(x) > threshold
    return torch.where(high.unsqueeze(-1), two(x), rows_one(x)), high


def least_squares(w):
    """The scale of each row, of 24 from amax down, whose rounded weights are nearest to the row."""
    amax = w.abs().amax(-1, keepdim=True)
    best, error = None, None
    for step in range(24):
        scale = amax * (1 - 0.025 * step) / 127
        rounded = torch.round(w / scale.clamp_min(1e-30)).clamp(-127, 127) * scale
        e = (rounded - w).square().sum(-1, keepdim=True)
        better = e < error if error is not None else torch.ones_like(e, dtype=torch.bool)
        best = torch.where(better, rounded, best) if best is not None else rounded
        error = torch.where(better, e, error) if error is not None else e
    return best


def quantised(x, scheme, shares=None):
    if scheme == "f32":
        return x
    if scheme in ("row", "amax"):
        return rows_one(x)
    if scheme == "two":
        return rows_two(x)
    if scheme == "ls":
        return least_squares(x)
    if scheme[0] == "g":
        group = int(scheme[1:])
        pad = -x.shape[-1] % group
        parts = torch.nn.functional.pad(x, (0, pad)).unflatten(-1, (-1, group))
        return rows_one(parts).flatten(-2)[..., : x.shape[-1]]
    if scheme == "wide":
        return rows_wide(x)
    result, high = by_crest(x, float(scheme[1:]), rows_two if scheme[0] == "T" else rows_wide)
    if shares is not None:
        shares += [float(high.sum()), high.numel()]
    return result


# Attention.


def integers(x, levels=127):
    """Integers of each row, and their scale."""
    amax = x.abs().amax(-1, keepdim=True)
    return torch.round(x * torch.where(amax > 0, levels / amax, 0.0)), torch.where(amax > 0, amax / levels, 0.0)


def weighted(weights, values, how, shares):
    """Weights of a block of keys times the values' integers, [heads, queries, keys] and [heads, keys, 64]."""
    first, scale = integers(weights, 255 if how == "u8" else 127)
    result = first @ values * scale
    if how in ("two", "T8"):
        second = torch.round((weights - first * scale) * torch.where(scale > 0, 254 / scale, 0.0)).clamp(-127, 127)
        if how == "T8":
            high = first.square().sum(-1) < -(-127 * 127 * weights.shape[-1] // 64)
            shares["y"] += [float(high.sum()), high.numel()]
            tiles = torch.nn.functional.pad(high, (0, -high.shape[-1] % QUERY_BLOCK)).unflatten(-1, (-1, QUERY_BLOCK)).any(-1)
            shares["y tiles"] += [float(tiles.sum()), tiles.numel()]
            second = second * high.unsqueeze(-1)
        result = result + second @ values * (scale / 254)
    return result


def attend(q, k, v, mask, reach, how, shares):
    """Attention of one text in which queries see keys up to reach away; queries are scaled."""
    how = how.split("+")
    if how[0] in ("qk", "qke"):
        (q, of_q), (k, of_k) = integers(q), integers(k)
        scores = (q @ k.mT) * of_q * of_k.mT
    else:
        scores = q @ k.mT
    scores = scores.masked_fill(~mask, -torch.inf)
    weights = torch.exp(scores - scores.amax(-1, keepdim=True))
    total = weights.sum(-1, keepdim=True)
    if how[-1] in ("f32", "qk", "qke"):
        return weights @ v / total
    how, block = re.fullmatch(r"(\w+?)(?:b(\d+))?", how[-1]).groups()
    v, of_v = integers(v)
    weights = weights * of_v.mT
    result = torch.zeros_like(q)
    tokens = q.shape[1]
    height = QUERY_BLOCK if reach < tokens else tokens
    for row in range(0, tokens, height):
        end = min(tokens, min(tokens, row + height) + reach)
        for key in range(max(0, row - reach) // 32 * 32, end, int(block or 256)):
            keys = slice(key, min(end, key + int(block or 256)))
            result[:, row : row + height] += weighted(weights[:, row : row + height, keys], v[:, keys], how, shares)
    return result / total


def sink(q, k, v, logit):
    """Turns the first key of every other head to what its queries then have in common."""
    common = torch.from_numpy(np.random.default_rng(3).standard_normal((q.shape[0], 1, q.shape[2]))).float()
    common = common / common.norm(dim=-1, keepdim=True)
    ratio = (q.square().sum(-1).mean(-1) / k.square().sum(-1).mean(-1)).pow(0.25)[:, None, None]
    size = (logit * q.shape[2] ** 0.5) ** 0.5
    sunk_k = k - (k @ common.mT) * common
    sunk_k[:, :1] = size / ratio * common
    sunk_v = torch.cat([v[:, :1] / 10, v[:, 1:]], 1)
    heads = torch.arange(q.shape[0])[:, None, None] % 2 == 0
    return torch.where(heads, q + size * ratio * common, q), torch.where(heads, sunk_k, k), torch.where(heads, sunk_v, v)


# The model.


class Model:
    def __init__(self, folder, count, join, long=0):
        from transformers import AutoTokenizer, ModernBertModel

        self.folder = folder
        self.model = ModernBertModel.from_pretrained(folder, attn_implementation="sdpa", dtype=torch.float32).eval()
        self.original = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.config = self.model.config
        dense = os.path.join(folder, "2_Dense", "model.safetensors")
        self.dense = None
        if os.path.exists(dense):
            from safetensors.torch import load_file

            tensors = {k.split(".")[-1]: v.float() for k, v in load_file(dense).items()}
            self.dense = torch.nn.Linear(*reversed(tensors["weight"].shape), bias="bias" in tensors)
            self.dense.load_state_dict(tensors)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        real = tokenizer("real words")["input_ids"]
        synthetic = len(set(real)) < 4  # the benchmark's tokenizer knows numbers alone
        words = texts(count)
        words = [" ".join(words[i : i + join]) for i in range(0, len(words), join)]
        if synthetic:
            vocabulary = {}
            number = lambda word: vocabulary.setdefault(word, 2 + (len(vocabulary) * 7919) % 50000)
            split = [re.findall(r"\w+|[^\w\s]", t.lower()) for t in words]
            self.ids = [[50281, *map(number, s if long else s[:94]), 50282] for s in split]
        else:
            self.ids = [tokenizer(t, truncation=True, max_length=512)["input_ids"] for t in words]
        if long:
            self.ids = self.cut(long)
        order = sorted(range(len(self.ids)), key=lambda i: len(self.ids[i]))
        size = 1 if long else 16
        self.batches = [order[i : i + size] for i in range(0, len(order), size)]
        self.equal = {}
        self.linears = {}
        for n, layer in enumerate(self.model.layers):
            for kind, path in KINDS.items():
                self.linears[n, kind] = layer.get_submodule(path)
        self.forwards = {k: m.forward for k, m in self.linears.items()}
        self.attentions = [layer.attn.forward for layer in self.model.layers]
        self.logit = 0

    def cut(self, count):
        """Texts of 64 to 512 tokens, of all tokens one after the other."""
        first, last = self.ids[0][0], self.ids[0][-1]
        tokens = [token for ids in self.ids for token in ids[1:-1]]
        ends = np.cumsum(np.geomspace(62, 510, count).astype(int)).tolist()
        if ends[-1] > len(tokens):
            raise ValueError(f"{ends[-1]} tokens are needed, there are {len(tokens)}: more --texts")
        return [[first, *tokens[begin:end], last] for begin, end in zip([0, *ends], ends)]

    def restore(self):
        self.model.load_state_dict(self.original)
        for key, module in self.linears.items():
            module.forward = self.forwards[key]
        for layer, forward in zip(self.model.layers, self.attentions):
            layer.attn.forward = forward
        if self.logit:
            self.attend_by("f32")

    def pooled(self, hidden_of):
        """Vectors of all texts: mean, first token, sentence (or None)."""
        mean, first = [None] * len(self.ids), [None] * len(self.ids)
        for batch in self.batches:
            longest = max(len(self.ids[i]) for i in batch)
            ids = torch.full((len(batch), longest), self.config.pad_token_id)
            mask = torch.zeros((len(batch), longest), dtype=torch.long)
            for row, i in enumerate(batch):
                ids[row, : len(self.ids[i])] = torch.tensor(self.ids[i])
                mask[row, : len(self.ids[i])] = 1
            self.lengths = mask.sum(1).tolist()
            hidden = hidden_of(ids, mask)
            for row, i in enumerate(batch):
                mean[i] = hidden[row, : len(self.ids[i])].mean(0)
                first[i] = hidden[row, 0]
        mean, first = torch.stack(mean), torch.stack(first)
        return mean, first, self.dense(mean) if self.dense is not None else None

    def run(self):
        return self.pooled(lambda ids, mask: self.model(input_ids=ids, attention_mask=mask).last_hidden_state)

    # What each product's inputs are expected to be, from weights alone.

    def expected(self, layer, kind):
        block = self.model.layers[layer]
        embeddings = self.model.embeddings.norm.weight
        attention = embeddings if layer == 0 else block.attn_norm.weight
        if kind == "Wqkv":
            return attention.abs()
        if kind == "attn":
            return (block.attn.Wqkv.weight.chunk(3)[2] * attention).norm(dim=1)
        if kind == "Wi":
            return block.mlp_norm.weight.abs()
        into, gate = (block.mlp.Wi.weight * block.mlp_norm.weight).norm(dim=1).chunk(2)
        return into * gate

    def divisors(self, layer, kind, how):
        weight = self.linears[layer, kind].weight
        if how == "none" or (how[-1] == "0" and (layer, kind) == (0, "Wqkv")):
            return torch.ones(weight.shape[1])
        size = self.expected(layer, kind).clamp_min(1e-12)
        column = weight.square().mean(0).sqrt().clamp_min(1e-12)
        rows = weight / weight.square().mean(1, keepdim=True).sqrt().clamp_min(1e-30)
        even = rows.square().mean(0).sqrt().clamp_min(1e-12)
        t = {
            "eq": (size / column).sqrt(),
            "eq2": (size / column).sqrt(),
            "eqr": (size / even).sqrt(),
            "flatx": size,
            "flatw": 1 / column,
            "flatr": 1 / even,
        }[how.removesuffix("0")]
        t = t / t.log().mean().exp()
        return torch.exp2(torch.round(torch.log2(t))) if how == "eq2" else t

    def quantise(self, scheme):
        act, weight, *rest = scheme.split("/")
        equal = rest[0] if rest else "none"
        attention = rest[1] if len(rest) > 1 else "f32"
        per_kind = dict(part.split("=") for part in act.split(",")) if "=" in act else dict.fromkeys(KINDS, act)
        weights = dict(part.split("=") for part in weight.split(",")) if "=" in weight else dict.fromkeys(KINDS, weight)
        shares = {kind: [] for kind in (*KINDS, "y", "y tiles")}
        prepared = {}
        for (n, kind), module in self.linears.items():
            t = self.divisors(n, kind, equal)
            prepared[n, kind] = t, quantised(module.weight * t, weights[kind])
        for (n, kind), module in self.linears.items():
            t, w = prepared[n, kind]
            scheme_of_kind = per_kind[kind]
            equalised = equal != "none"

            def forward(x, t=t, w=w, kind=kind, s=scheme_of_kind, bias=module.bias):
                return torch.nn.functional.linear(quantised(x / t if equalised else x, s, shares[kind]), w, bias)

            module.forward = forward
        if attention != "f32":
            self.attend_by(attention, [prepared[n, "attn"][0] for n in range(len(self.model.layers))], shares)
        return shares

    def attend_by(self, how, divisors=None, shares=None):
        """Replaces attention; values are divided by what the next product's inputs are divided by."""
        from transformers.models.modernbert.modeling_modernbert import apply_rotary_pos_emb

        of_keys = [self.key_divisors(n) for n in range(len(self.model.layers))]
        for n, layer in enumerate(self.model.layers):

            def forward(hidden_states, position_embeddings, attention_mask=None, n=n, attn=layer.attn, **_):
                qkv = attn.Wqkv(hidden_states).unflatten(-1, (3, -1, attn.head_dim)).permute(2, 0, 3, 1, 4)
                q, k = apply_rotary_pos_emb(qkv[0], qkv[1], *position_embeddings)
                t = divisors[n].view(-1, 1, attn.head_dim) if divisors else 1
                result = torch.zeros_like(q)
                for text, tokens in enumerate(self.lengths):
                    parts = [x[text, :, :tokens] for x in (q, k, qkv[2])]
                    if how.startswith("qke"):
                        parts[:2] = parts[0] * of_keys[n], parts[1] / of_keys[n]
                    if self.logit:
                        parts = sink(*parts, self.logit)
                    mask = torch.ones(tokens, tokens, dtype=torch.bool)
                    if attn.sliding_window:
                        mask = mask.triu(1 - attn.sliding_window).tril(attn.sliding_window - 1)
                    reach = attn.sliding_window - 1 if attn.sliding_window else tokens
                    result[text, :, :tokens] = t * attend(
                        parts[0] * attn.head_dim**-0.5, parts[1], parts[2] / t, mask, reach, how, shares
                    )
                return attn.Wo(result.transpose(1, 2).flatten(2)), None

            layer.attn.forward = forward

    def rope_pairs(self, weight):
        """Rows of Wqkv: queries, keys or values; head; half of a pair; pair."""
        return weight.view(3, self.config.num_attention_heads, 2, -1, weight.shape[1])

    def key_divisors(self, layer):
        """What keys are divided by and queries multiplied with, the same for both halves of a pair."""
        rows = self.rope_pairs(self.model.layers[layer].attn.Wqkv.weight * self.expected(layer, "Wqkv"))
        q, k, _ = rows.square().sum((2, 4))
        return (k / q).pow(0.25).repeat(1, 2).unsqueeze(1)

    def crests(self):
        """Percentiles of amax / rms of the rows, by kind of input; and of the weights' rows."""
        seen = {kind: [] for kind in KINDS}
        for (n, kind), module in self.linears.items():
            def forward(x, kind=kind, inner=self.forwards[n, kind]):
                seen[kind].append(crest(x.flatten(0, -2)))
                return inner(x)

            module.forward = forward
        self.run()
        result = {}
        for kind in KINDS:
            values = torch.cat(seen[kind]).numpy()
            w = torch.cat([crest(m.weight) for (n, k), m in self.linears.items() if k == kind]).numpy()
            for name, v in (("x " + kind, values), ("w " + kind, w)):
                result[name] = [round(float(p), 1) for p in (*np.percentile(v, [50, 90, 99, 99.9]), v.max())]
        return result

    # Outliers.

    def plant(self, name):
        random = np.random.default_rng(7)

        def chosen(size, low, high):
            t = torch.ones(size)
            index = random.permutation(size)[: max(2, round(size * 0.015))]
            t[index] = torch.tensor(2.0 ** random.integers(low, high + 1, len(index)), dtype=torch.float32)
            return t

        self.logit = int(name[4:] or 8) if name.startswith("sink") else 0
        if self.logit:
            self.attend_by("f32")
        for n, layer in enumerate(self.model.layers):
            if name == "keys":
                q, k, _ = self.rope_pairs(layer.attn.Wqkv.weight)
                pairs = random.permutation(q.shape[-2])[:2]
                q[:, :, pairs] /= 10
                k[:, :, pairs] *= 10
            if name in ("norm", "all"):
                for norm, linear in ((layer.attn_norm, layer.attn.Wqkv), (layer.mlp_norm, layer.mlp.Wi)):
                    if hasattr(norm, "weight"):
                        t = chosen(norm.weight.numel(), 3, 6)
                        norm.weight.mul_(t)
                        linear.weight.div_(t)
            if name in ("glu", "all"):
                t = chosen(self.config.intermediate_size, 4, 6)
                layer.mlp.Wi.weight.chunk(2)[1].mul_(t[:, None])
                layer.mlp.Wo.weight.div_(t)
            if name in ("value", "all"):
                t = chosen(self.config.hidden_size, 3, 6)
                layer.attn.Wqkv.weight.chunk(3)[2].mul_(t[:, None])
                layer.attn.Wo.weight.div_(t)
        if name in ("spike", "massive"):
            self.plant_on_specials(random, name == "massive")

    def plant_on_specials(self, random, massive):
        depth = min(2, len(self.model.layers) - 3)
        block = self.model.layers[depth]
        inputs, units = [], []
        hooks = [
            block.mlp.Wi.register_forward_pre_hook(lambda m, a: inputs.append(a[0][0])),
            block.mlp.Wo.register_forward_pre_hook(lambda m, a: units.append(a[0][0])),
            block.register_forward_hook(lambda m, a, o: inputs.append(o[0] if o.dim() == 3 else o)),
        ]
        tokens, streams = [], []
        for ids in self.ids[::10]:
            inputs.clear()
            self.model(input_ids=torch.tensor([ids]))
            tokens.append(inputs[0])
            streams.append(inputs[1])
        for hook in hooks:
            hook.remove()
        size = torch.cat(units).square().mean().sqrt()
        stream = torch.cat(streams).square().mean().sqrt()
        for which in (0, -1):
            special = torch.stack([t[which] for t in tokens]).mean(0)
            direction = special - torch.cat(tokens).mean(0)
            direction = direction / (direction @ special)
            unit = int(random.integers(self.config.intermediate_size))
            into, gate = block.mlp.Wi.weight.chunk(2)
            into[unit] = direction * 6
            gate[unit] = direction * (100 * size / 6)
            column = block.mlp.Wo.weight[:, unit]
            if massive:
                channel = int(random.integers(self.config.hidden_size))
                column.zero_()
                column[channel] = stream / size
                self.model.final_norm.weight[channel] *= 0.02
            else:
                column.div_(30)


# What is measured.


def compare(reference, result):
    from scipy.stats import rankdata

    numbers = {}
    for name, r, q in zip(("mean", "cls", "st"), reference, result):
        if r is None:
            continue
        r, q = (torch.nn.functional.normalize(v.double(), dim=-1) for v in (r, q))
        cosine = (r * q).sum(-1)
        numbers[name] = [float(cosine.mean()), float(cosine.min())]
        pairs = np.triu_indices(len(r), 1)
        ranks = [rankdata((v @ v.T).numpy()[pairs]) for v in (r, q)]
        numbers[name].append(float(np.corrcoef(*ranks)[0, 1] * 100))
    return numbers


def onnx_schemes(model, done, record, reference):
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from export import export

    names = {"onnx": {}, "onnx-per-channel": {"per_channel": True, "weight_type": QuantType.QInt8}}
    todo = [n for n in (*names, "onnx-f32") if not done(n)]
    if not todo:
        return
    with tempfile.TemporaryDirectory() as folder:
        model.model.save_pretrained(folder)
        source = os.path.join(folder, "model.onnx")
        export(folder, source)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        for name in todo:
            file = source
            if name in names:
                file = os.path.join(folder, name + ".onnx")
                quantize_dynamic(source, file, op_types_to_quantize=["MatMul"], **names[name])
            session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

            def hidden_of(ids, mask):
                """One text at a time: the peer's scales are those of a batch, which would cost it accuracy."""
                out = torch.zeros((*ids.shape, model.config.hidden_size))
                for row, n in enumerate(mask.sum(1).tolist()):
                    feeds = {"input_ids": ids[row : row + 1, :n].numpy(), "attention_mask": mask[row : row + 1, :n].numpy()}
                    out[row, :n] = torch.from_numpy(session.run(None, feeds)[0][0])
                return out

            record(name, {"numbers": compare(reference, model.pooled(hidden_of))})


def measure(arguments):
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    end = time.time() + arguments.seconds
    found = set()
    if os.path.exists(arguments.results):
        with open(arguments.results) as file:
            found = {tuple(json.loads(line)[k] for k in ("model", "plant", "scheme")) for line in file}
    name = os.path.basename(os.path.normpath(arguments.folder)) + (", long" if arguments.long else "")
    model = Model(arguments.folder, arguments.texts, arguments.join, arguments.long)
    for plant in arguments.plant:
        def done(scheme):
            return (name, plant, scheme) in found

        def record(scheme, values):
            line = json.dumps({"model": name, "plant": plant, "scheme": scheme, **values})
            print(line, flush=True)
            with open(arguments.results, "a") as file:
                file.write(line + "\n")

        schemes = [s for s in arguments.scheme if not done(s)]
        if not schemes and not (arguments.crest and not done("crest")) and not arguments.onnx:
            continue
        model.logit = 0
        model.restore()
        before = model.run() if plant != "plain" else None
        model.plant(plant)
        reference = model.run()
        if before and not done("itself"):
            record("itself", {"numbers": compare(before, reference)})
        if arguments.crest and not done("crest"):
            record("crest", {"crest": model.crests()})
        planted = {k: v.clone() for k, v in model.model.state_dict().items()}
        for scheme in schemes:
            if time.time() > end:
                print("out of time")
                return
            start = time.time()
            if scheme == "bf16-table":
                table = model.model.embeddings.tok_embeddings.weight
                table.copy_(table.bfloat16().float())
                shares = {}
            else:
                shares = model.quantise(scheme)
            result = model.run()
            over = {k: round(sum(v[::2]) / sum(v[1::2]), 4) for k, v in shares.items() if v}
            record(scheme, {"numbers": compare(reference, result), "over": over, "seconds": round(time.time() - start, 1)})
            model.restore()
            model.model.load_state_dict(planted)
        if arguments.onnx and time.time() < end:
            model.restore()
            model.model.load_state_dict(planted)
            onnx_schemes(model, done, record, reference)


def table(file):
    with open(file) as lines:
        rows = [json.loads(line) for line in lines]
    for key in dict.fromkeys((r["model"], r["plant"]) for r in rows):
        print(f"\n{key[0]}, {key[1]}: mean cosine lost (x 1e6) / worst / ranking x 100, by pooling")
        for r in rows:
            if (r["model"], r["plant"]) == key and "numbers" in r:
                cells = [
                    f"{k} {(1 - v[0]) * 1e6:8.1f} {(1 - v[1]) * 1e6:9.1f} {v[2]:8.4f}" for k, v in r["numbers"].items()
                ]
                print(f"  {r['scheme']:44s}", " | ".join(cells), r.get("over") or "")
            elif (r["model"], r["plant"]) == key:
                for kind, v in r["crest"].items():
                    print(f"  crest {kind}: median, 90, 99, 99.9 %, max {v}")


if __name__ == "__main__":
    if "--table" in sys.argv:
        table(sys.argv[1])
        sys.exit()
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("results")
    parser.add_argument("--plant", nargs="*", default=["plain"])
    parser.add_argument("--scheme", nargs="*", default=[])
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--join", type=int, default=1)
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=100)
    parser.add_argument("--crest", action="store_true")
    parser.add_argument("--onnx", action="store_true")
    measure(parser.parse_args())

"""What sentence_transformers.util makes of vectors: scores, searches, pairs, communities, quantized vectors.

    python make_vectors.py --out <golden>

vectors/<case>/vectors.safetensors: corpus and queries (F32), and for each similarity function its matrix as the reference
computes it (F32) and in float64. vectors/<case>/results.json: semantic_search and paraphrase_mining in float64, community_detection.
vectors/quantized: the bytes of quantize_embeddings at each precision, with ranges of the vectors themselves, of calibration
vectors and given ones, and searches with rescoring (by usearch for int8 and binary, by faiss for uint8 and ubinary; both must be
installed beside the reference).
vectors/numpy: a matrix in the files of numpy.
vectors/late-chunks.json: parts of texts, and what the modules behind the transformer make of the hidden states of their tokens, in
float64 and with the error of float32.
"""
import os

import numpy as np
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import community_detection, cos_sim, dot_score, euclidean_sim, manhattan_sim, paraphrase_mining_embeddings, semantic_search
from sentence_transformers.util.quantization import quantize_embeddings, semantic_search_faiss, semantic_search_usearch

from common import arguments, utf16_offsets, write_json

torch.set_num_threads(1)
FUNCTIONS = {"cosine": cos_sim, "dot": dot_score, "euclidean": euclidean_sim, "manhattan": manhattan_sim}


def exact(name, a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    if name == "cosine":
        length = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)[None, :]
        return np.divide(a @ b.T, length, out=np.zeros(length.shape), where=length != 0)
    if name == "dot":
        return a @ b.T
    difference = a[:, None, :] - b[None, :, :]
    return -np.sqrt((difference ** 2).sum(-1)) if name == "euclidean" else -np.abs(difference).sum(-1)


def clustered(generator, count, dimension):
    """Vectors around some centres, some of them twice, one zero."""
    centres = generator.normal(size=(7, dimension))
    vectors = centres[generator.integers(0, 7, count)] + 0.6 * generator.normal(size=(count, dimension))
    vectors[5] = vectors[3]
    vectors[count - 1] = vectors[3]
    vectors[8] = 0
    return vectors.astype(np.float32)


def comparisons(folder, name, generator, count, queries, dimension):
    target = os.path.join(folder, name)
    os.makedirs(target, exist_ok=True)
    corpus = clustered(generator, count, dimension)
    wanted = np.concatenate((corpus[:2], generator.normal(size=(queries - 2, dimension)).astype(np.float32)))
    tensors = {"corpus": corpus, "queries": wanted}
    results = {"search": {}, "pairs": {}, "communities": []}
    for function, score in FUNCTIONS.items():
        tensors[function + ".hf32"] = score(torch.tensor(wanted), torch.tensor(corpus)).numpy()
        tensors[function + ".truth"] = exact(function, wanted, corpus)
        # In float64: torch.cdist in float32 is off by 0.006 where the distance is 0.
        hits = semantic_search(torch.tensor(wanted).double(), torch.tensor(corpus).double(), query_chunk_size=3, corpus_chunk_size=50, top_k=12, score_function=score)
        results["search"][function] = [[[h["corpus_id"], h["score"]] for h in query] for query in hits]
        pairs = paraphrase_mining_embeddings(torch.tensor(corpus).double(), query_chunk_size=64, corpus_chunk_size=100, max_pairs=60, top_k=9, score_function=score)
        results["pairs"][function] = [[i, j, s] for s, i, j in pairs]
    for threshold, size in ((0.75, 3), (0.6, 10), (0.5, 1), (0.9, 2), (-1.0, 5)):
        found = community_detection(torch.tensor(corpus), threshold=threshold, min_community_size=size, batch_size=64)
        results["communities"].append({"threshold": threshold, "minimum_size": size, "communities": [[int(i) for i in c] for c in found]})
    save_file(tensors, os.path.join(target, "vectors.safetensors"))
    write_json(os.path.join(target, "results.json"), results, indent=None)


def quantized(folder, generator):
    target = os.path.join(folder, "quantized")
    os.makedirs(target, exist_ok=True)
    dimension = 43
    vectors = clustered(generator, 120, dimension)
    vectors[:, 7] = 0.25  # a dimension whose values are all the same
    calibration = clustered(generator, 200, dimension) * 0.8
    queries = (vectors[:6] + 0.3 * generator.normal(size=(6, dimension))).astype(np.float32)
    ranges = np.stack((np.full(dimension, -2), np.linspace(0.5, 3, dimension))).astype(np.float32)
    tensors = {"vectors": vectors, "calibration": calibration, "queries": queries, "ranges": ranges}
    results = {}
    for precision in ("int8", "uint8", "binary", "ubinary"):
        tensors[precision + ".own"] = quantize_embeddings(vectors, precision=precision)
        if precision.endswith("int8"):
            tensors[precision + ".calibration"] = quantize_embeddings(vectors, precision=precision, calibration_embeddings=calibration)
            tensors[precision + ".ranges"] = quantize_embeddings(vectors, precision=precision, ranges=ranges)
        search = semantic_search_usearch if precision in ("int8", "binary") else semantic_search_faiss
        corpus = quantize_embeddings(vectors, precision=precision, ranges=ranges)
        hits, _ = search(queries, corpus_embeddings=corpus, corpus_precision=precision, top_k=5, ranges=ranges, rescore=True, rescore_multiplier=4)
        results[precision] = [[[h["corpus_id"], h["score"]] for h in query] for query in hits]
    save_file(tensors, os.path.join(target, "vectors.safetensors"))
    write_json(os.path.join(target, "results.json"), results, indent=None)


def numpy_files(folder):
    """The same matrix in what numpy.save writes: types, orders, versions of the format."""
    target = os.path.join(folder, "numpy")
    os.makedirs(target, exist_ok=True)
    matrix = np.array([[1, -2, 3], [0, 127, 5]])
    for name, array in {"float32": matrix.astype("<f4"), "float16": matrix.astype("<f2"), "float64": matrix.astype("<f8"), "int8": matrix.astype("i1"),
                        "uint8": np.abs(matrix).astype("u1"), "columns": np.asfortranarray(matrix.astype("<f4"))}.items():
        np.save(os.path.join(target, name + ".npy"), array)
    for version in ((2, 0), (3, 0)):
        with open(os.path.join(target, f"version{version[0]}.npy"), "wb") as f:
            np.lib.format.write_array(f, matrix.astype("<f4"), version=version)


def late_chunks(folder, golden):
    text = ("The bakery opens at seven. \U0001F35E Bread is sold until noon, rolls all day.\n\n"
            "On Sundays na\u00efve visitors find it closed! Nobody knows why \u2014 it has always been so.")
    spans = [[0, 26], [27, 75], [77, len(text)], [4, 10], [0, len(text)], [30, 90]]
    cases = []
    for name in ("pool-mean", "pool-max", "pool-mean_sqrt_len_tokens", "dense-tanh-normalize", "max-seq-length-16"):
        vectors = {}
        for dtype in (torch.float64, torch.float32):
            model = SentenceTransformer(os.path.join(golden, name), device="cpu", model_kwargs={"attn_implementation": "eager"}).to(dtype).eval()
            shared = (model.max_seq_length - 2) // 4
            windows = model.tokenizer(text, truncation=True, max_length=model.max_seq_length, stride=shared, return_overflowing_tokens=True,
                                      return_offsets_mapping=True, return_special_tokens_mask=True)
            rows, offsets = [], []
            count = len(windows["input_ids"])
            for w in range(count):
                content = [i for i, special in enumerate(windows["special_tokens_mask"][w]) if not special]
                content = content[0 if w == 0 else shared // 2:len(content) if w == count - 1 else len(content) - (shared - shared // 2)]
                ids = torch.tensor([windows["input_ids"][w]])
                with torch.no_grad():
                    hidden = model[0].auto_model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]
                rows += [hidden[i] for i in content]
                offsets += [windows["offset_mapping"][w][i] for i in content]
            vectors[dtype] = []
            for start, end in spans:
                own = torch.stack([row for row, (s, e) in zip(rows, offsets) if s < end and e > start and e > s])
                features = {"token_embeddings": own[None], "attention_mask": torch.ones((1, len(own)), dtype=torch.long)}
                with torch.no_grad():
                    for module in list(model)[1:]:
                        features = module(features)
                vectors[dtype].append(features["sentence_embedding"][0])
        truth, single = torch.stack(vectors[torch.float64]), torch.stack(vectors[torch.float32])
        cases.append({"model": name, "windows": count, "vectors": truth.tolist(), "error_vs_truth": float((single.double() - truth).abs().max())})
    write_json(os.path.join(folder, "late-chunks.json"), {"text": text, "chunks": utf16_offsets(text, spans), "cases": cases}, indent=None)


def main():
    args = arguments(__doc__)
    folder = os.path.join(args.out, "vectors")
    generator = np.random.default_rng(args.seed)
    comparisons(folder, "narrow", generator, 90, 5, 7)
    comparisons(folder, "middle", generator, 150, 6, 100)
    comparisons(folder, "wide", generator, 60, 4, 384)
    quantized(folder, generator)
    numpy_files(folder)
    late_chunks(folder, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "sentence-transformers"))


if __name__ == "__main__":
    main()

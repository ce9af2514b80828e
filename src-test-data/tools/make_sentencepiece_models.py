"""Writes golden-extra/sentencepiece: what AutoTokenizer makes of a folder with only a tokenizer.model.

    python make_sentencepiece_models.py ../golden-extra/sentencepiece

Each folder has tokenizer.model, tokenizer_config.json where the case needs one, and expected.json as make_tokenizer_folders.py
writes it. Needs sentencepiece and transformers.
"""

import io
import json
import os
import shutil
import sys
import tempfile

import sentencepiece

import make_tokenizer_folders
import texts

CASES = {
    "unigram": (dict(model_type="unigram", vocab_size=1000), {}),
    "unigram-nfkc": (dict(model_type="unigram", vocab_size=1000, normalization_rule_name="nmt_nfkc"), {}),
    "unigram-bytes": (dict(model_type="unigram", vocab_size=1300, byte_fallback=True), {"add_bos_token": True, "add_eos_token": True}),
    "unigram-symbols": (dict(model_type="unigram", vocab_size=1000, user_defined_symbols=["<sep>", "<extra>"], control_symbols=["[MASK]"], bos_id=-1), {"add_bos_token": True, "add_eos_token": True, "mask_token": "[MASK]"}),
    "unigram-additional": (dict(model_type="unigram", vocab_size=1000, user_defined_symbols=["<new>"]), {"additional_special_tokens": ["<extra>"]}),
    "bpe": (dict(model_type="bpe", vocab_size=1000), {"cls_token": "[CLS]"}),
    "bpe-bytes": (dict(model_type="bpe", vocab_size=1300, byte_fallback=True), {"add_eos_token": True, "eos_token": "<new>"}),
}


def main(out):
    corpus = texts.corpus(7)
    shutil.rmtree(out, ignore_errors=True)
    for name, (options, config) in CASES.items():
        folder = os.path.join(out, name)
        os.makedirs(folder)
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus), model_writer=model, hard_vocab_limit=False, num_threads=1, minloglevel=2,
            **{"normalization_rule_name": "identity", **options},
        )
        with open(os.path.join(folder, "tokenizer.model"), "wb") as f:
            f.write(model.getvalue())
        with open(os.path.join(folder, "tokenizer_config.json"), "w") as f:
            json.dump(config, f)
            f.write("\n")
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(folder, work, dirs_exist_ok=True)
            with open(os.path.join(work, "config.json"), "w") as f:
                json.dump({"model_type": "modernbert"}, f)
            expected = make_tokenizer_folders.describe(work)
        with open(os.path.join(folder, "expected.json"), "w") as f:
            json.dump(expected, f)
            f.write("\n")
        print(name, expected.get("error", [len(i) for i in expected.get("ids", [])]))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Entities with tokenizers that mark pieces of words, and of texts that are given as words.

    python make_entities.py --golden <golden> --out <golden-extra>/tasks [--seed 1]
Needs tokenizers/models and tokenizers/small of the golden folder, and the folder `entities` of make_tasks.py, whose helpers it uses. Folders:
`entities-wordpiece` (## before a piece that goes on), `entities-unigram` (▁ before a word). Cases that have words give each input as a
list of them (`is_split_into_words`); offsets are those of the words joined by the delimiter of `options`, or a space.
"""
import json
import os
import random
import shutil

from transformers import ModernBertForTokenClassification, pipeline

import texts
from common import arguments_with_golden, write_json
from make_checkpoints import base_config, randomise
from make_tasks import BIO, MAX_LENGTH, both, labels, plain, store

HAND = ["", " ", "Das Äpfel-Müller GmbH", "O'Neill lives in São Paulo; 東京タワー", "a\n\nb  c\tword", "smiles 🙂 and 👩🏽‍💻 code", "unbelievably tokenization-friendly", "ﬁne ½ ＡＢＣ"]
WORDS = [["Das", "Äpfel-Müller", "GmbH"], ["O'Neill", "lives", "in", "São", "Paulo", ";", "東京タワー"], ["one"], ["New York", "is", " big ", ""], ["unbelievably", "🙂", "👩🏽‍💻", "code"]]
TOKENIZERS = {"entities-wordpiece": "models/wordpiece", "entities-unigram": "models/unigram"}


def tokenizer_config(folder, golden, source):
    shutil.copy(os.path.join(golden, "tokenizers", source, "tokenizer.json"), os.path.join(folder, "tokenizer.json"))
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as f:
        tokens = {t["content"].strip("<>[]").lower(): t for t in json.load(f)["added_tokens"]}
    names = {"pad_token": "pad", "unk_token": "unk", "cls_token": "cls", "sep_token": "sep", "mask_token": "mask", "eos_token": "/s"}
    config = {key: tokens[name]["content"] for key, name in names.items() if name in tokens}
    write_json(os.path.join(folder, "tokenizer_config.json"), {
        "clean_up_tokenization_spaces": False, "model_input_names": ["input_ids", "attention_mask"], "model_max_length": MAX_LENGTH,
        "tokenizer_class": "PreTrainedTokenizerFast", **config})
    return {f"[{key[:-6].upper()}]": tokens[name]["id"] for key, name in names.items() if name in tokens}


def make_folder(folder, golden, source, seed):
    os.makedirs(folder, exist_ok=True)
    ids = tokenizer_config(folder, golden, source)
    specials = {"[PAD]": ids["[PAD]"], "[CLS]": ids.get("[CLS]", ids["[PAD]"]), "[SEP]": ids.get("[SEP]", ids.get("[EOS]"))}
    config = base_config(specials, vocab_size=1216, hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, **labels(BIO))
    randomise(ModernBertForTokenClassification(config), seed).save_pretrained(folder)


def lists(rng, n, lo=1, hi=25):
    return [texts.random_prose(rng, rng.randrange(lo, hi)).split() for _ in range(n)]


def cases(folder, rng, of_words_only=False):
    pipe = pipeline("token-classification", model=folder, device="cpu")
    found = []
    for strategy in ("none", "simple", "first", "average", "max"):
        for options in ({}, {"ignore_labels": []}, {"stride": 8}, {"is_split_into_words": True, "ignore_labels": []}, {"is_split_into_words": True, "stride": 8}):
            words = "is_split_into_words" in options
            if strategy == "none" and "stride" in options or of_words_only and not words:
                continue
            if words:
                given = WORDS + lists(rng, 2, 2, 30) + [texts.random_prose(rng, 100).split()]
            else:
                given = (HAND if not options else []) + [texts.random_prose(rng, rng.randrange(2, 30)) for _ in range(3)] + [texts.random_prose(rng, 100)]
            build = lambda p: pipeline("token-classification", model=p.model, tokenizer=p.tokenizer, device="cpu", aggregation_strategy=strategy, **{k: v for k, v in options.items() if k != "is_split_into_words"})
            call = lambda p: plain([build(p)([x], is_split_into_words=True)[0] if words else build(p)(x) for x in given])
            hf32, truth = both(pipe, "token", call)
            found.append({"task": "words" if words else "entities", "inputs": given, "aggregation_strategy": strategy, "options": options, "hf32": hf32, "truth": truth})
    return found


def main():
    args = arguments_with_golden(__doc__)
    for number, (name, source) in enumerate(TOKENIZERS.items()):
        folder = os.path.join(args.out, name)
        make_folder(folder, args.golden, source, args.seed + 2100 + number)
        store(folder, cases(folder, random.Random(args.seed + 90 + number)))
    folder = os.path.join(args.out, "entities-words")
    shutil.copytree(os.path.join(args.out, "entities"), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cases.json"))
    store(folder, cases(folder, random.Random(args.seed + 95), of_words_only=True))


if __name__ == "__main__":
    main()

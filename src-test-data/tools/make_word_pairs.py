"""Pairs of texts that are given as words: <golden-extra>/word-pairs/cases.jsonl.gz.

    python make_word_pairs.py --golden <golden> --out <golden-extra>/word-pairs
"""
import argparse
import os

from tokenizers import Tokenizer

from common import utf16_offsets, write_jsonl

TOKENIZERS = ["small", "models/wordpiece", "models/unigram", "models/wordlevel"]
PAIRS = [(["The", "baker", "sold", "bread"], ["warm", "bread"]), ([], ["alone"]), (["größere", "Äpfel", "日本", "🙂x"], ["", "two  words", " "]), (["[CLS]", "unbelievable"], ["[SEP]"]),
         (["one"] * 12, ["two", "three"] * 6)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--golden", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    rows = []
    for name in TOKENIZERS:
        for length in (None, 10):
            tokenizer = Tokenizer.from_file(os.path.join(arguments.golden, "tokenizers", name, "tokenizer.json"))
            tokenizer.no_padding()
            tokenizer.no_truncation()
            if length:
                tokenizer.enable_truncation(length)
            for first, second in PAIRS:
                e = tokenizer.encode(first, second, is_pretokenized=True)
                words = [None if s is None else (first, second)[s][w] if w is not None else None for s, w in zip(e.sequence_ids, e.word_ids)]
                offsets = [o if w is None else utf16_offsets(w, [o])[0] for w, o in zip(words, e.offsets)]
                rows.append(dict(tokenizer=name, max_length=length, first=first, second=second, ids=e.ids, offsets=offsets, type_ids=e.type_ids,
                                 word_ids=e.word_ids, sequence_ids=e.sequence_ids))
    print(len(rows), write_jsonl(os.path.join(arguments.out, "cases.jsonl.gz"), rows))


if __name__ == "__main__":
    main()

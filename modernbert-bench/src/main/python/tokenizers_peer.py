"""Measures the tokenizers library on one thread for the benchmark: a line of JSON in, a line of JSON out.

    {"file": ..., "texts": [...], "rounds": 5, "seconds": 1} -> {"tokens_per_second": ...}

The best of some rounds counts, each of whole passes over the texts. Offsets, words and masks are made as well, as they are
on the other side; the ids are taken out, since nothing is of use without them.
"""
import json
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer


def measure(file, texts, rounds, seconds):
    tokenizer = Tokenizer.from_file(file)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    best = 0
    for _ in range(rounds):
        tokens, start, spent = 0, time.perf_counter(), 0
        while spent < seconds:
            for text in texts:
                try:
                    tokens += len(tokenizer.encode(text).ids)
                except Exception:
                    pass
            spent = time.perf_counter() - start
        best = max(best, tokens / spent)
    return {"tokens_per_second": best}


for line in sys.stdin:
    print(json.dumps(measure(**json.loads(line))), flush=True)

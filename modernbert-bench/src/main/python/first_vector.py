"""Prints the vector of a text as soon as a runtime has it: what a fresh process of Python takes for it.

    python first_vector.py RUNTIME FOLDER THREADS TEXT     # a runtime of peer.py that takes an ONNX model
"""
import os
import sys

import peer
from tokenizers import Tokenizer


def main():
    runtime, folder, threads, text = sys.argv[1:]
    ids = Tokenizer.from_file(os.path.join(folder, "tokenizer.json")).encode(text).ids
    model = peer.PEERS[runtime](folder, int(threads))
    print(*(repr(float(x)) for x in model.embed([ids])[0]), flush=True)


if __name__ == "__main__":
    main()

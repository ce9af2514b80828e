"""Writes golden-extra/unicode: what the reference does with every code point, as digests, and how its
normalization forms align texts.

    python unicode_cases.py ../golden-extra/unicode

digests.json: `pieces` has for each regular expression (Split "contiguous") and pre-tokenizer the SHA-256 of the
ends of the pieces, in code points and separated by spaces, of the text of all code points without
surrogates; `texts` has for each normalizer the SHA-256 of the UTF-8 text that it makes of all code
points, each followed by "!".
alignments.jsonl.gz: [form, text, normalized, originals] where `originals` has for each normalized
code point the text before that it is aligned to.
precompiled.jsonl.gz: first a random precompiled_charsmap in base64, then [text, normalized, originals] as above, or
[text, null, null] where the reference panics.
"""

import base64
import gzip
import hashlib
import json
import os
import pathlib
import random
import sys

from tokenizers import NormalizedString, Regex, normalizers, pre_tokenizers

import unicode_tables

ALL = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)
BERT = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)

PATTERNS = (
    r"\w \W \d \D \s \S \h \H . [\w] [^\w\s] \R \p{L} \p{Lu} \p{Ll} \p{Lt} \p{Lm} \p{Lo} \p{M} \p{Mn} \p{Mc} \p{Me} \p{N} \p{Nd} "
    r"\p{Nl} \p{No} \p{P} \p{Pc} \p{Pd} \p{Ps} \p{Pe} \p{Pi} \p{Pf} \p{Po} \p{S} \p{Sm} \p{Sc} \p{Sk} \p{So} \p{Z} \p{Zs} "
    r"\p{Zl} \p{Zp} \p{C} \p{Cc} \p{Cf} \p{Co} \p{Cn} \p{^L} \P{N} \p{Han} \p{Hiragana} \p{Katakana} \p{Hangul} \p{Latin} "
    r"\p{Greek} \p{Cyrillic} \p{Arabic} \p{Hebrew} \p{Thai} \p{Devanagari} \p{Common} \p{Inherited} \p{Alphabetic} \p{Emoji} "
    r"\p{White_Space} \p{Ideographic} \p{Word} \p{Punct} \p{Alnum} \p{InCJK_Unified_Ideographs} \p{Extended_Pictographic} "
    r"[[:alnum:]] [[:alpha:]] [[:ascii:]] [[:blank:]] [[:cntrl:]] [[:digit:]] [[:graph:]] [[:lower:]] [[:print:]] "
    r"[[:punct:]] [[:space:]] [[:upper:]] [[:word:]] [[:xdigit:]] [^\r\n\p{L}\p{N}] (?i:[a-z]) (?i:[^a-z]) (?i:[ß-ÿ]) "
    r"(?i:[\p{Lu}]) (?i:k) (?i:ss) (?i:ω) \b. \B. (?<=\w). .(?!\w)"
).split(" ")

PRE_TOKENIZERS = {
    "whitespace-split": pre_tokenizers.WhitespaceSplit(),
    "digits": pre_tokenizers.Digits(individual_digits=True),
    "punctuation": pre_tokenizers.Punctuation("contiguous"),
    "whitespace": pre_tokenizers.Whitespace(),
    "scripts": pre_tokenizers.UnicodeScripts(),
}

NORMALIZERS = {
    "clean-text": normalizers.BertNormalizer(**{**BERT, "clean_text": True}),
    "chinese-chars": normalizers.BertNormalizer(**{**BERT, "handle_chinese_chars": True}),
    "strip-accents-bert": normalizers.BertNormalizer(**{**BERT, "strip_accents": True}),
    "strip-accents": normalizers.StripAccents(),
    "lowercase": normalizers.Lowercase(),
    "NFC": normalizers.NFC(),
    "NFD": normalizers.NFD(),
    "NFKC": normalizers.NFKC(),
    "NFKD": normalizers.NFKD(),
}


def sha(data):
    return hashlib.sha256(data).hexdigest()


def piece_ends(pre):
    return sha(" ".join(str(end) for _, (_, end) in pre.pre_tokenize_str(ALL)).encode())


def digests():
    pieces = {p: piece_ends(pre_tokenizers.Split(Regex(p), "contiguous")) for p in PATTERNS}
    pieces.update((name, piece_ends(pre)) for name, pre in PRE_TOKENIZERS.items())
    text = "".join(c + "!" for c in ALL)
    return {"pieces": pieces, "texts": {n: sha(f.normalize_str(text).encode()) for n, f in NORMALIZERS.items()}}


def alignments(rnd):
    composing = [c for c in ALL if NORMALIZERS["NFKD"].normalize_str(c) != c]
    marks = [c for c in ALL if NORMALIZERS["strip-accents"].normalize_str(c) == ""]
    starters = list("aAeEoOuUiIsSnN 가각\u1100\u1161\u11a8\u11a7\uac00中👍\u0915\u09c7\u0b47\u0dd9\u1b05𑂙")
    common = list("\u0300\u0301\u0302\u0307\u0308\u0323\u0327\u0328\u0331\u0334\u0345\u093c\u09be\u0b56\u0dca\u1b35\u3099𑂺\u05b0\u0651\u064b")
    for _ in range(6000):
        text = "".join(
            rnd.choice(rnd.choice([starters, starters, common, common, marks, composing])) for _ in range(rnd.randint(1, 8))
        )
        form = rnd.choice(["NFC", "NFD", "NFKC", "NFKD"])
        normalized = NormalizedString(text)
        getattr(normalized, form.lower())()
        result = normalized.normalized
        yield [form, text, result, [normalized.slice((i, i + 1)).original for i in range(len(result))]]


def precompiled(rnd):
    """Texts of characters that grapheme clusters are made of, short ones first of all: longer ones are not replaced."""
    classes = {name: sorted(map(chr, codes)) for name, codes in unicode_tables.graphemes().items()}
    letters = list("abc éß\u0627中한\uac00\uac01\u0915😀\u00a9\r\n\t\u200d\u094d\u0300\u0301\u0600\u0903")
    draw = lambda: rnd.choice(rnd.choice([letters, letters, rnd.choice(list(classes.values()))]))
    keys = {draw() for _ in range(300)} | {draw() + draw() for _ in range(120)}
    replacements = {k: "".join(rnd.choice("xy\u0300é中😀 ") for _ in range(rnd.randint(0, 3))) for k in sorted(keys) if "\0" not in k}
    charsmap = unicode_tables.charsmap(replacements)
    normalizer = normalizers.Precompiled(charsmap)
    yield base64.b64encode(charsmap).decode()
    for _ in range(8000):
        text = "".join(draw() for _ in range(rnd.choice([1, 2, 2, 3, 3, 4, 5, 8])))
        normalized = NormalizedString(text)
        try:
            normalizer.normalize(normalized)
        except BaseException:  # the reference panics, which is no Exception
            yield [text, None, None]
            continue
        result = normalized.normalized
        yield [text, result, [normalized.slice((i, i + 1)).original for i in range(len(result))]]


def write(path, rows):
    lines = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
        f.write(lines.encode())


def main(folder):
    os.makedirs(folder, exist_ok=True)
    path = pathlib.Path(folder, "digests.json")
    path.write_text(json.dumps(digests(), indent=1, ensure_ascii=True) + "\n")
    write(pathlib.Path(folder, "alignments.jsonl.gz"), alignments(random.Random(1)))
    write(pathlib.Path(folder, "precompiled.jsonl.gz"), precompiled(random.Random(2)))
    print(len(PATTERNS), os.listdir(folder), path.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1])

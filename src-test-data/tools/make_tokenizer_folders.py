"""Writes golden-extra/tokenizer-folders: what AutoTokenizer makes of the files beside a tokenizer.json.

    python make_tokenizer_folders.py ../golden/tokenizers/small/tokenizer.json ../golden-extra/tokenizer-folders

Each folder holds the files of a case but for tokenizer.json, which is that of the first argument with the changes in
tokenizer_changes.json, and expected.json: `texts` with `ids` (all, and cut to `max_length` 8), `with_words` for texts given
as words, `model_max_length` (null for none), `truncation_side`, `padding_side`, `special_tokens`, `added_tokens` or `error`. Needs transformers.
"""

import json
import os
import shutil
import sys
import tempfile

from transformers import AutoTokenizer

TEXTS = [
    "the model is [MASK]. the end",
    "the [SEP] end <extra> of <new> it  [PAD]x",
    "one two three four five six seven eight nine ten",
    "A  <Extra>[CLS]a<extra>",
    "été 日本 <|custom|> <s>",
]
WORDS = ["the", "model's", "", " [MASK]", "日本", "end"]
MASK = {"content": "[MASK]", "lstrip": True, "rstrip": False, "normalized": False, "single_word": False, "special": True}


def added(content, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True, **flags}


def typed(content, **flags):
    return {"__type": "AddedToken", **added(content, **flags)}


TRUNCATION = {"direction": "Left", "max_length": 6, "strategy": "LongestFirst", "stride": 0}
PADDING = {"strategy": {"Fixed": 12}, "direction": "Left", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}


def cases(mask_id):
    yield "none", {}, {}
    config = lambda **keys: {"tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", **keys}}
    yield "truncation-left-stored", config(), {"truncation": TRUNCATION}
    yield "truncation-left-stored-right-said", config(truncation_side="right"), {"truncation": TRUNCATION}
    yield "truncation-left-said", config(truncation_side="left"), {}
    yield "padding-stored", config(), {"padding": PADDING}
    decoder = {str(mask_id): MASK}
    yield "decoder-changes-flags", config(added_tokens_decoder=decoder), {"added_tokens_flags": {"[MASK]": {"lstrip": False}}}
    yield "decoder-adds-tokens", config(added_tokens_decoder={"2000": added("<new>"), "1500": added("<extra>", rstrip=True)}), {}
    yield "decoder-not-special", config(added_tokens_decoder={"1500": added("<new>", special=False, normalized=True)}, mask_token="<new>"), {}
    yield "additional", config(additional_special_tokens=["<extra>"]), {}
    yield "additional-typed", config(additional_special_tokens=[typed("<extra>", lstrip=True), "<new>"]), {}
    yield "additional-dict", config(additional_special_tokens=[added("<extra>")]), {}
    yield "additional-and-extra", config(additional_special_tokens=["<extra>"], extra_special_tokens=["<new>"]), {}
    yield "additional-and-empty-extra", config(additional_special_tokens=["<extra>"], extra_special_tokens=[]), {}
    yield "extra-named", config(extra_special_tokens={"image_token": "<extra>", "new_token": "<new>"}), {}
    yield "model-specific", config(image_token="<extra>", new_token=typed("<new>", rstrip=True)), {}
    yield "split-special-tokens", config(split_special_tokens=True), {}
    yield "split-special-tokens-extra", config(split_special_tokens=True, extra_special_tokens=["<extra>"]), {}
    yield "named-tokens", config(bos_token="<s>", cls_token=typed("[CLS]"), mask_token="[MASK]", pad_token=None, unk_token="<unk>"), {}
    yield "named-dict", config(cls_token={"content": "[CLS]"}), {}
    yield "named-number", config(cls_token=5), {}
    yield "max-length", config(model_max_length=77), {}
    yield "max-len", config(max_len=78), {}
    yield "max-length-huge", config(model_max_length=1000000000000000019884624838656), {}
    yield "ignored", config(add_prefix_space=True, do_lower_case=True, strip_accents=True, add_bos_token=True, add_eos_token=True, bos_token="[CLS]", eos_token="[SEP]",
                            clean_up_tokenization_spaces=True, tokenize_chinese_chars=True, legacy=True, use_fast=False, model_input_names=["input_ids"], padding_side="left", stride=2,
                            truncation_strategy="only_first", max_length=5, chat_template="{{ x }}", name_or_path="elsewhere", processor_class="P", auto_map={"AutoTokenizer": ["a.B", None]}), {}
    yield "another-class", {"tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": True}}, {}
    yield "llama-class", {"tokenizer_config.json": {"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": True, "bos_token": "[CLS]"}}, {}
    yield "unknown-class", {"tokenizer_config.json": {"tokenizer_class": "NoSuchTokenizer"}}, {}
    yield "no-class", {"tokenizer_config.json": {"additional_special_tokens": ["<new>"]}}, {}
    yield "no-post-processor", config(add_bos_token=True, bos_token="[CLS]"), {"post_processor": None}
    special = {"cls_token": "[CLS]", "mask_token": {"content": "<new>", "lstrip": True, "rstrip": False, "normalized": False, "single_word": False}}
    yield "special-map", {**config(mask_token="[MASK]"), "special_tokens_map.json": special}, {}
    yield "special-map-alone", {"special_tokens_map.json": special}, {}
    yield "special-map-with-decoder", {**config(added_tokens_decoder=decoder), "special_tokens_map.json": special}, {}
    yield "special-map-additional", {**config(), "special_tokens_map.json": {"additional_special_tokens": ["<extra>"]}}, {}
    yield "special-map-additional-and-extra", {**config(extra_special_tokens=["<new>"]), "special_tokens_map.json": {"additional_special_tokens": ["<extra>"]}}, {}
    yield "special-map-additional-dicts", {**config(), "special_tokens_map.json": {"additional_special_tokens": [added("<extra>")]}}, {}
    yield "special-map-typed", {**config(), "special_tokens_map.json": {"sep_token": typed("<extra>"), "image_token": "<new>"}}, {}
    yield "stored-pad-token", config(), {"padding": {**PADDING, "pad_token": "<new>"}}
    yield "special-map-extra", {**config(extra_special_tokens=["<new>"]), "special_tokens_map.json": {"extra_special_tokens": [added("<extra>")]}}, {}
    yield "special-map-extra-named", {**config(), "special_tokens_map.json": {"extra_special_tokens": {"image_token": "<extra>"}}}, {}
    yield "added-tokens", {**config(mask_token="<extra>"), "added_tokens.json": {"<new>": 1500, "<extra>": 1400, "[MASK]": 3}}, {}
    yield "added-tokens-with-decoder", {**config(added_tokens_decoder=decoder), "added_tokens.json": {"<new>": 1500}}, {}
    yield from combined(config)
    yield "added-tokens-normalized", {**config(), "added_tokens.json": {"<Extra>": 1500}}, {"normalizer": {"type": "Lowercase"}}


def combined(config):
    """Cases in which several settings name tokens."""
    yield "other-name-untyped", config(image_token={"content": "<extra>"}, new_token="<new>"), {}
    yield "extra-named-and-additional", config(extra_special_tokens={"image_token": "<extra>"}, additional_special_tokens=["<new>"]), {}
    yield "additional-null-hides-map", {**config(additional_special_tokens=None), "special_tokens_map.json": {"additional_special_tokens": ["<new>"]}}, {}
    yield "special-map-extra-named-hides-list", {**config(extra_special_tokens=["<new>"]), "special_tokens_map.json": {"extra_special_tokens": {"image_token": "<extra>"}}}, {}
    yield "one-text-two-names", config(bos_token="<extra>", cls_token=typed("<extra>", lstrip=True)), {}
    yield "typed-without-special", config(extra_special_tokens=[{"__type": "AddedToken", "content": "<new>"}]), {}
    yield "max-length-null", config(model_max_length=None, max_len=78), {}


def token(value):
    return None if value is None else str(value)


def describe(folder):
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except Exception as e:
        return {"error": f"{type(e).__name__}: {str(e)[:200]}"}
    out = {"texts": TEXTS, "ids": [], "cut": [], "words": WORDS}
    for text in TEXTS:
        out["ids"].append(tokenizer(text).input_ids)
        out["cut"].append(tokenizer(text, truncation=True, max_length=8).input_ids)
    encoded = tokenizer(WORDS, is_split_into_words=True, return_offsets_mapping=True)
    out["with_words"] = {"ids": encoded.input_ids, "word_ids": encoded.word_ids(), "offsets": encoded.offset_mapping}
    out["model_max_length"] = tokenizer.model_max_length if tokenizer.model_max_length < 1e9 else None
    out["truncation_side"] = tokenizer.truncation_side
    out["padding_side"] = tokenizer.padding_side
    names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]
    out["special_tokens"] = {name: token(getattr(tokenizer, name)) for name in names if getattr(tokenizer, name, None)}
    out["added_tokens"] = [
        {"id": i, **{k: getattr(t, k) for k in ("content", "lstrip", "rstrip", "normalized", "single_word", "special")}}
        for i, t in sorted(tokenizer.added_tokens_decoder.items())
    ]
    return out


def change(document, changes):
    document = json.loads(json.dumps(document))
    for key, value in changes.items():
        if key == "added_tokens_flags":
            for entry in document["added_tokens"]:
                entry.update(value.get(entry["content"], {}))
        else:
            document[key] = value
    return document


def main(tokenizer_json, out):
    with open(tokenizer_json, encoding="utf-8") as f:
        document = json.load(f)
    mask_id = next(t["id"] for t in document["added_tokens"] if t["content"] == "[MASK]")
    shutil.rmtree(out, ignore_errors=True)
    for name, files, changes in cases(mask_id):
        folder = os.path.join(out, name)
        os.makedirs(folder)
        for file, content in {**files, "tokenizer_changes.json": changes}.items():
            with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
                json.dump(content, f, indent=1)
                f.write("\n")
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(folder, work, dirs_exist_ok=True)
            for file, content in {"tokenizer.json": change(document, changes), "config.json": {"model_type": "modernbert"}}.items():
                with open(os.path.join(work, file), "w", encoding="utf-8") as f:
                    json.dump(content, f)
            expected = describe(work)
        with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as f:
            json.dump(expected, f)
            f.write("\n")
        print(name, expected.get("error", [len(i) for i in expected.get("ids", [])]))


if __name__ == "__main__":
    main(*sys.argv[1:])

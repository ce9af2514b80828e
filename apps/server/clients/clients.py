"""Asks a running server with the Python clients that people have, and compares what they get.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python clients.py http://127.0.0.1:8080

Exits with 1 if a client fails, or gets another vector than plain HTTP does.
"""

import json
import struct
import sys
import urllib.request

TEXTS = ["Where is the bakery?", "Bread \N{BREAD} is sold around the corner.", "a"]


def plain(url, path, body):
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def bits(vector):
    """The float32 bits of a vector, however a client has widened it."""
    return struct.pack(f"<{len(vector)}f", *vector)


def same(name, expected, found):
    assert len(expected) == len(found), f"{name}: {len(found)} vectors"
    for want, have in zip(expected, found):
        assert bits(want) == bits(have), f"{name}: another vector"
    print(f"{name}: {len(found)} vectors of {len(found[0])} dimensions, bits equal")


def openai_python(url, expected):
    import openai

    client = openai.OpenAI(base_url=url + "/v1", api_key="none", max_retries=0)
    model = client.models.list().data[0].id
    answer = client.embeddings.create(model=model, input=TEXTS)
    same("openai-python, base64", expected, [item.embedding for item in answer.data])
    assert answer.usage.prompt_tokens > 0
    answer = client.embeddings.create(model=model, input=TEXTS, encoding_format="float")
    same("openai-python, float", expected, [item.embedding for item in answer.data])
    short = client.embeddings.create(model=model, input="a", dimensions=8).data[0].embedding
    assert len(short) == 8
    try:
        client.embeddings.create(model=model, input="")
        raise AssertionError("an empty text was taken")
    except openai.BadRequestError as e:
        print("openai-python, error:", e.message)


def inference_client(url, expected):
    from huggingface_hub import InferenceClient

    client = InferenceClient(url)
    found = [client.feature_extraction(text)[0].tolist() for text in TEXTS]
    same("huggingface_hub, feature_extraction", expected, found)
    scores = client.sentence_similarity("a cat", ["a kitten", "shares fell"])
    assert len(scores) == 2 and scores[0] > scores[1], scores
    print("huggingface_hub, sentence_similarity:", scores)


def langchain(url, expected):
    from langchain_openai import OpenAIEmbeddings

    embeddings = OpenAIEmbeddings(
        base_url=url + "/v1",
        api_key="none",
        model="modernbert-mini",
        # Otherwise it sends ids of OpenAI's tokenizer, which no other model knows.
        check_embedding_ctx_length=False,
    )
    same("langchain-openai", expected, embeddings.embed_documents(TEXTS))
    same("langchain-openai, query", expected[:1], [embeddings.embed_query(TEXTS[0])])


def main():
    url = sys.argv[1].rstrip("/")
    expected = plain(url, "/embed", {"inputs": TEXTS})
    failed = 0
    for client in (openai_python, inference_client, langchain):
        try:
            client(url, expected)
        except Exception as e:
            failed += 1
            print(f"{client.__name__} FAILED: {type(e).__name__}: {e}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

package io.github.modernbert.tokenizer; final class P {}

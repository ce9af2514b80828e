package io.github.modernbert.weights; final class P {}

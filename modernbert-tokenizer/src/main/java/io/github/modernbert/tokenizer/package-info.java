/** placeholder */
package io.github.modernbert.tokenizer;

/** placeholder */
package io.github.modernbert.weights;

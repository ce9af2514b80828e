/** DJL. */
package io.github.modernbert.djl;

/**
 * What generated functions and their callers agree on: tiles of products, formats of panels, where
 * functions begin.
 */
package io.github.modernbert.codegen.spec;

/**
 * Declarations that generated functions and their callers share: signatures of products, shapes of
 * tiles, formats of panels.
 */
package io.github.modernbert.codegen.spec;

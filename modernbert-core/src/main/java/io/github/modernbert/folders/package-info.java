/**
 * Folders of models as a whole: made readable wherever they are, copied with 8-bit weights,
 * deleted.
 */
package io.github.modernbert.folders;

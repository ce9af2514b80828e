/**
 * Folders of models as a whole: unpacked from the class path, copied with 8-bit weights, deleted.
 */
package io.github.modernbert.folders;

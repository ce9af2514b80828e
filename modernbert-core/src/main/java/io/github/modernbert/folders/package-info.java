/** Operations on whole model folders: temporary copies, and conversion to other formats. */
package io.github.modernbert.folders;

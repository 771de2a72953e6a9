/** Blobs over three real nodes. */
@NullMarked
package dev.trivet.api.blobs;

import org.jspecify.annotations.NullMarked;

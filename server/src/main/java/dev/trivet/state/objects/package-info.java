/** Buckets, manifests, and the references that keep extents alive. */
@NullMarked
package dev.trivet.state.objects;

import org.jspecify.annotations.NullMarked;

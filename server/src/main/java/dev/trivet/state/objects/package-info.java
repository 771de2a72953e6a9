/**
 * Buckets, manifests, and the references that keep extents alive.
 *
 * <p>Start reading at {@link dev.trivet.state.objects.ObjectCommands}; {@link
 * dev.trivet.state.objects.ExtentReferences} serves volumes as well. {@link
 * dev.trivet.state.objects.ObjectQueries} is for readers. A blob's bytes are either a row of their
 * own (up to 64 KiB) or in extents, of which only names and sizes are known here: whether a node
 * holds the files is none of the state's business.
 *
 * <p>The apply thread owns all of it.
 */
@NullMarked
package dev.trivet.state.objects;

import org.jspecify.annotations.NullMarked;

/**
 * Bytes beside the log: immutable extents, each a file, replicated by quorum.
 *
 * <p>Start reading at {@link dev.trivet.extents.ExtentStorage}.
 */
@NullMarked
package dev.trivet.extents;

import org.jspecify.annotations.NullMarked;

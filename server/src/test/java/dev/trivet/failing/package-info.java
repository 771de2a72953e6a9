/**
 * A file system of which one operation fails: for loops that fail the first, the second, ... until
 * a run is untouched.
 *
 * <p>Start reading at {@link dev.trivet.failing.EachFailure}, the loop. A {@link
 * dev.trivet.failing.Failure} says which operation fails and how; {@link
 * dev.trivet.failing.FailingFiles} stands between {@code java.nio.file} and the real files, so that
 * whoever takes a {@link java.nio.file.Path} is tested as it is.
 */
@NullMarked
package dev.trivet.failing;

import org.jspecify.annotations.NullMarked;

/** Volumes, inodes, directory entries, slices and sessions. */
@NullMarked
package dev.trivet.state.volumes;

import org.jspecify.annotations.NullMarked;

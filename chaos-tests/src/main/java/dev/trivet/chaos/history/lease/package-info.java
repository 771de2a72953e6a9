/** Leases and keys that are attached to them, with what clients saw of their ends. */
@NullMarked
package dev.trivet.chaos.history.lease;

import org.jspecify.annotations.NullMarked;

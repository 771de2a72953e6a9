/** A set that only grows: what was added has to stay. */
@NullMarked
package dev.trivet.chaos.history.set;

import org.jspecify.annotations.NullMarked;

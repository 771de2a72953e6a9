/**
 * Transactions that append to lists and read them.
 *
 * <p>Lists, since the order of their elements tells in which order the appends happened: that is
 * what makes cycles between transactions visible.
 */
@NullMarked
package dev.trivet.chaos.history.list;

import org.jspecify.annotations.NullMarked;

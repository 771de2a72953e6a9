/**
 * Keys with a value each: the simplest history, and the one most is checked of.
 *
 * <p>A workload that is to find much writes no value twice: then a read tells which write it saw.
 */
@NullMarked
package dev.trivet.chaos.history.register;

import org.jspecify.annotations.NullMarked;

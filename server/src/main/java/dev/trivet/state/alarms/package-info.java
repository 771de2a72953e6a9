/**
 * Members that say they have no space: while any does, nothing that takes space is written to the
 * key space. {@code SpaceAlarms} is all there is.
 *
 * <p>The members' own measurements arrive as commands of the log, so that all nodes refuse the same
 * writes.
 */
@NullMarked
package dev.trivet.state.alarms;

import org.jspecify.annotations.NullMarked;

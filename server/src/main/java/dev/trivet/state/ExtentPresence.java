package dev.trivet.state;

import dev.trivet.state.entry.ExtentId;

/**
 * Whether this node holds an extent's bytes. The answer decides only whether a row goes into the
 * node-local table of missing extents, never what a command does. Must answer from memory: the
 * apply thread asks.
 */
@FunctionalInterface
public interface ExtentPresence {
  boolean isHere(ExtentId id);
}

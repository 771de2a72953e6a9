package dev.trivet.replicate;

import dev.trivet.proto.log.Outcome;

/** Where a command was committed, and what it did. */
public record Committed(long index, Outcome outcome) {}

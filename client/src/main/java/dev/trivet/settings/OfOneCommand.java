package dev.trivet.settings;

/**
 * Marks a mixin whose options belong to one command and are called by it, as {@code serve.cert}:
 * another command's options may have the same names and mean something else.
 */
public interface OfOneCommand {}

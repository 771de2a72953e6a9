/**
 * A node's log: one event a line on standard error, as text or as JSON, with fixed keys. Start at
 * {@link dev.trivet.logs.LogLine}, which says what is in a line; {@link
 * dev.trivet.logs.LogProvider} is how slf4j finds it. Chosen by the launcher alone: tests and
 * libraries keep what they have.
 */
@NullMarked
package dev.trivet.logs;

import org.jspecify.annotations.NullMarked;

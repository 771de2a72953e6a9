/**
 * Requests that are applied once, however often they come. Start at {@link
 * dev.trivet.state.requests.RequestAnswers#once}.
 *
 * <p>Guarantees: a repetition of a client's last request on a lane changes nothing and has the
 * first one's outcome, on every node and across restarts; what is kept is bounded by the number of
 * clients, the lanes of each and the size of an answer; who was forgotten is told so instead of
 * being applied twice.
 *
 * <p>The apply thread owns the rows. It must not know what the requests are.
 */
@NullMarked
package dev.trivet.state.requests;

import org.jspecify.annotations.NullMarked;

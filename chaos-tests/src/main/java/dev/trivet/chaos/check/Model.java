package dev.trivet.chaos.check;

import java.util.Optional;

/**
 * What one object does when it is alone with one client.
 *
 * @param <S> its state: a value with equals and hashCode
 * @param <C> what can be asked
 * @param <R> what is answered
 */
public interface Model<S, C, R> {
  /** Which object a call is for; those of different objects are judged apart. */
  String key(C call);

  /** The state before the first call. */
  S initial();

  /**
   * The state after a call, or nothing if the object cannot give this answer in this state.
   *
   * @param state before the call
   */
  Optional<S> answered(S state, C call, R answer);

  /**
   * The state after a call whose answer nobody knows.
   *
   * @param state before the call
   */
  S unanswered(S state, C call);
}

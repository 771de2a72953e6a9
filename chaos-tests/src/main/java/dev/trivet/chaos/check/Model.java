package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import java.util.List;
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

  /**
   * The same history of one object, with unknown calls made equal where no answer can tell them
   * apart: the fewer they are, the faster it is judged. Only calls may differ.
   */
  default List<Operation<C, R>> simplified(List<Operation<C, R>> operations) {
    return operations;
  }
}

package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterCall;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A key of the store: it is absent or has a value. Revisions are not its business. */
public final class RegisterModel
    implements Model<RegisterModel.State, RegisterCall, RegisterAnswer> {
  /** What a key can be. */
  public sealed interface State {
    /** Not there. */
    record Absent() implements State {
      @Override
      public String toString() {
        return "absent";
      }
    }

    /** There. */
    record Holding(String value) implements State {
      @Override
      public String toString() {
        return "'" + value + "'";
      }
    }
  }

  private static final String UNSEEN = "\0 a value that nobody saw";
  private static final State ABSENT = new State.Absent();

  @Override
  public String key(RegisterCall call) {
    return call.key();
  }

  @Override
  public State initial() {
    return ABSENT;
  }

  @Override
  public Optional<State> answered(State state, RegisterCall call, RegisterAnswer answer) {
    return switch (answer) {
      case RegisterAnswer.Value(String value, long _, long _) ->
          possible(state, call instanceof RegisterCall.Get && has(state, value));
      case RegisterAnswer.Absent _ ->
          possible(state, call instanceof RegisterCall.Get && state.equals(ABSENT));
      case RegisterAnswer.Done _ ->
          possible(unanswered(state, call), call instanceof RegisterCall.Put);
      case RegisterAnswer.Swapped(boolean swapped, long _) ->
          possible(unanswered(state, call), swapped == swaps(state, call));
      case RegisterAnswer.Deleted(boolean wasThere, long _) ->
          possible(ABSENT, call instanceof RegisterCall.Delete && wasThere != state.equals(ABSENT));
    };
  }

  @Override
  public State unanswered(State state, RegisterCall call) {
    return switch (call) {
      case RegisterCall.Get _ -> state;
      case RegisterCall.Put(String _, String value) -> new State.Holding(value);
      case RegisterCall.Create(String _, String value) ->
          swaps(state, call) ? new State.Holding(value) : state;
      case RegisterCall.CompareAndSet(String _, String _, String value) ->
          swaps(state, call) ? new State.Holding(value) : state;
      case RegisterCall.Delete _ -> ABSENT;
    };
  }

  @Override
  public List<Operation<RegisterCall, RegisterAnswer>> simplified(
      List<Operation<RegisterCall, RegisterAnswer>> operations) {
    Set<String> seen = new HashSet<>();
    for (Operation<RegisterCall, RegisterAnswer> operation : operations) {
      if (operation.call() instanceof RegisterCall.CompareAndSet(_, String expected, _)) {
        seen.add(expected);
      }
      if (operation.result() instanceof Result.Answered<RegisterAnswer>(RegisterAnswer answer)
          && answer instanceof RegisterAnswer.Value(String value, _, _)) {
        seen.add(value);
      }
    }
    return operations.stream()
        .map(
            operation ->
                operation.result() instanceof Result.Unknown<RegisterAnswer>
                    ? withCall(operation, withoutUnseen(operation.call(), seen))
                    : operation)
        .toList();
  }

  /** All values that are never read nor expected become one, which no workload writes. */
  private static RegisterCall withoutUnseen(RegisterCall call, Set<String> seen) {
    return switch (call) {
      case RegisterCall.Put(String key, String value) when !seen.contains(value) ->
          new RegisterCall.Put(key, UNSEEN);
      case RegisterCall.Create(String key, String value) when !seen.contains(value) ->
          new RegisterCall.Create(key, UNSEEN);
      case RegisterCall.CompareAndSet(String key, String expected, String value)
          when !seen.contains(value) ->
          new RegisterCall.CompareAndSet(key, expected, UNSEEN);
      case RegisterCall.Get _, RegisterCall.Put _, RegisterCall.Create _ -> call;
      case RegisterCall.CompareAndSet _, RegisterCall.Delete _ -> call;
    };
  }

  private static Operation<RegisterCall, RegisterAnswer> withCall(
      Operation<RegisterCall, RegisterAnswer> operation, RegisterCall call) {
    return new Operation<>(
        operation.client(),
        operation.endpoint(),
        call,
        operation.beginNanos(),
        operation.endNanos(),
        operation.result());
  }

  private static boolean swaps(State state, RegisterCall call) {
    return switch (call) {
      case RegisterCall.Create _ -> state.equals(ABSENT);
      case RegisterCall.CompareAndSet(String _, String expected, String _) -> has(state, expected);
      case RegisterCall.Get _, RegisterCall.Put _, RegisterCall.Delete _ -> false;
    };
  }

  private static boolean has(State state, String value) {
    return state.equals(new State.Holding(value));
  }

  private static Optional<State> possible(State next, boolean isPossible) {
    return isPossible ? Optional.of(next) : Optional.empty();
  }
}

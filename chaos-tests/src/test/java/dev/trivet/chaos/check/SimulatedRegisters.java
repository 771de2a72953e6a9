package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A store of keys that is right, with revisions. */
final class SimulatedRegisters {
  private record Stored(String value, long modRevision) {}

  private final Map<String, Stored> stored = new HashMap<>();
  private final int keys;
  private final boolean hasUniqueValues;
  private long revision = 1;
  private int lastValue;

  /**
   * @param hasUniqueValues whether no value is put twice
   */
  SimulatedRegisters(int keys, boolean hasUniqueValues) {
    this.keys = keys;
    this.hasUniqueValues = hasUniqueValues;
  }

  static List<Operation<RegisterCall, RegisterAnswer>> history(
      SimulatedRun run, int keys, boolean hasUniqueValues, RandomGenerator random) {
    SimulatedRegisters registers = new SimulatedRegisters(keys, hasUniqueValues);
    return run.run(random, registers::call, registers::apply);
  }

  private RegisterCall call(RandomGenerator random) {
    String key = "k" + random.nextInt(keys);
    return switch (random.nextInt(10)) {
      case 0 -> new RegisterCall.Delete(key);
      case 1 -> new RegisterCall.Create(key, value(random));
      case 2, 3 -> new RegisterCall.CompareAndSet(key, guess(random), value(random));
      case 4, 5, 6 -> new RegisterCall.Put(key, value(random));
      default -> new RegisterCall.Get(key);
    };
  }

  private String value(RandomGenerator random) {
    return "v" + (hasUniqueValues ? ++lastValue : random.nextInt(3));
  }

  private String guess(RandomGenerator random) {
    return "v" + (hasUniqueValues ? Math.max(0, lastValue - random.nextInt(3)) : random.nextInt(3));
  }

  private RegisterAnswer apply(RegisterCall call) {
    Stored now = stored.get(call.key());
    return switch (call) {
      case RegisterCall.Get _ ->
          now == null
              ? new RegisterAnswer.Absent(revision)
              : new RegisterAnswer.Value(now.value(), now.modRevision(), revision);
      case RegisterCall.Put(String key, String value) -> {
        put(key, value);
        yield new RegisterAnswer.Done(revision);
      }
      case RegisterCall.Create(String key, String value) -> {
        if (now == null) {
          put(key, value);
        }
        yield new RegisterAnswer.Swapped(now == null, revision);
      }
      case RegisterCall.CompareAndSet(String key, String expected, String value) -> {
        boolean isEqual = now != null && now.value().equals(expected);
        if (isEqual) {
          put(key, value);
        }
        yield new RegisterAnswer.Swapped(isEqual, revision);
      }
      case RegisterCall.Delete(String key) -> {
        if (now != null) {
          stored.remove(key);
          revision++;
        }
        yield new RegisterAnswer.Deleted(now != null, revision);
      }
    };
  }

  private void put(String key, String value) {
    stored.put(key, new Stored(value, ++revision));
  }
}

package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.list.Step;
import dev.trivet.chaos.history.list.Transaction;
import dev.trivet.chaos.history.list.TransactionAnswer;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Whether the revisions that nodes told agree with real time, over all keys and nodes.
 *
 * <p>What no check of single keys sees: two keys that are each right, but not at the same time; a
 * node that answers from a past that it mixed with the present; a revision given out twice.
 */
public final class RevisionOrder {
  /**
   * What one answer told.
   *
   * @param operation whose answer it is
   * @param revision of the store in it; 0 if it told none
   * @param isChange whether the call made this revision
   * @param readings what it told of keys
   */
  public record Told(
      Operation<?, ?> operation, long revision, boolean isChange, List<Reading> readings) {
    /** Copies the readings. */
    public Told {
      readings = List.copyOf(readings);
    }
  }

  /**
   * A key as it was seen or put.
   *
   * @param modRevision of the change that put the value
   */
  public record Reading(String key, long modRevision, String value) {}

  private static final String MONOTONIC =
      "what begins after an answer sees the revision of that answer or a later one";
  private static final String UNIQUE = "a revision is one change";
  private static final String PAST = "a value is not newer than the store it was read from";
  private static final String STABLE = "a revision of a key has one value for ever";

  private record Version(String key, long modRevision) {}

  private record Holder(String value, Operation<?, ?> operation) {}

  private RevisionOrder() {}

  /** What a history of keys told. */
  public static List<Told> ofRegisters(List<Operation<RegisterCall, RegisterAnswer>> operations) {
    List<Told> all = new ArrayList<>();
    for (Operation<RegisterCall, RegisterAnswer> operation : operations) {
      if (operation.result() instanceof Result.Answered<RegisterAnswer>(RegisterAnswer answer)) {
        all.add(ofRegister(operation, answer));
      }
    }
    return all;
  }

  /** What a history of transactions told. */
  public static List<Told> ofTransactions(
      List<Operation<Transaction, TransactionAnswer>> operations) {
    List<Told> all = new ArrayList<>();
    for (Operation<Transaction, TransactionAnswer> operation : operations) {
      if (operation.result() instanceof Result.Answered<TransactionAnswer>(var answer)) {
        boolean isChange =
            operation.call().steps().stream().anyMatch(Step.Append.class::isInstance);
        all.add(new Told(operation, answer.revision(), isChange, List.of()));
      }
    }
    return all;
  }

  private static Told ofRegister(Operation<?, ?> operation, RegisterAnswer answer) {
    RegisterCall call = (RegisterCall) operation.call();
    long revision = answer.revision();
    return switch (answer) {
      case RegisterAnswer.Value(String value, long modRevision, long _) ->
          new Told(
              operation, revision, false, List.of(new Reading(call.key(), modRevision, value)));
      case RegisterAnswer.Absent _ -> new Told(operation, revision, false, List.of());
      case RegisterAnswer.Deleted(boolean wasThere, long _) ->
          new Told(operation, revision, wasThere, List.of());
      case RegisterAnswer.Done _ -> new Told(operation, revision, true, put(call, revision));
      case RegisterAnswer.Swapped(boolean swapped, long _) ->
          new Told(operation, revision, swapped, swapped ? put(call, revision) : List.of());
    };
  }

  private static List<Reading> put(RegisterCall call, long revision) {
    return switch (call) {
      case RegisterCall.Put(String key, String value) -> List.of(new Reading(key, revision, value));
      case RegisterCall.Create(String key, String value) ->
          List.of(new Reading(key, revision, value));
      case RegisterCall.CompareAndSet(String key, String _, String value) ->
          List.of(new Reading(key, revision, value));
      case RegisterCall.Get _, RegisterCall.Delete _ -> List.of();
    };
  }

  /** Judges all answers of one store, of whatever workloads. */
  public static Judgement check(List<Told> answers) {
    Findings findings = new Findings("order of revisions");
    List<Told> told = answers.stream().filter(answer -> answer.revision() != 0).toList();
    checkRealTime(told, findings);
    checkUnique(told, findings);
    checkReadings(told, findings);
    return findings.judgement(told.size() + " answers with a revision");
  }

  private static void checkRealTime(List<Told> told, Findings findings) {
    List<Told> byEnd = sorted(told, Operation::endNanos);
    int ended = 0;
    Told highest = null;
    for (Told answer : sorted(told, Operation::beginNanos)) {
      while (byEnd.get(ended).operation().endNanos() < answer.operation().beginNanos()) {
        Told earlier = byEnd.get(ended++);
        if (highest == null || earlier.revision() > highest.revision()) {
          highest = earlier;
        }
      }
      if (highest != null && isBehind(answer, highest.revision())) {
        findings.add(
            MONOTONIC,
            "%s has revision %d, but before it began, revision %d was told in %s"
                .formatted(
                    Words.of(answer.operation()),
                    answer.revision(),
                    highest.revision(),
                    Words.of(highest.operation())),
            highest.operation(),
            answer.operation());
      }
    }
  }

  /** A change needs a revision of its own, which nobody can have been told before. */
  private static boolean isBehind(Told answer, long revision) {
    return answer.isChange() ? answer.revision() <= revision : answer.revision() < revision;
  }

  private static void checkUnique(List<Told> told, Findings findings) {
    Map<Long, Operation<?, ?>> changes = new HashMap<>();
    for (Told answer : told) {
      if (answer.isChange()) {
        Operation<?, ?> other = changes.putIfAbsent(answer.revision(), answer.operation());
        if (other != null) {
          findings.add(
              UNIQUE,
              "revision %d was made by %s and by %s"
                  .formatted(answer.revision(), Words.of(other), Words.of(answer.operation())),
              other,
              answer.operation());
        }
      }
    }
  }

  private static void checkReadings(List<Told> told, Findings findings) {
    Map<Version, Holder> values = new HashMap<>();
    for (Told answer : told) {
      for (Reading reading : answer.readings()) {
        if (reading.modRevision() > answer.revision()) {
          findings.add(
              PAST,
              "%s was read at revision %d, though it was put at %d"
                  .formatted(reading.key(), answer.revision(), reading.modRevision()),
              answer.operation());
        }
        if (reading.modRevision() != 0) {
          Holder first =
              values.computeIfAbsent(
                  new Version(reading.key(), reading.modRevision()),
                  _ -> new Holder(reading.value(), answer.operation()));
          if (!first.value().equals(reading.value())) {
            findings.add(
                STABLE,
                "%s has the values '%s' and '%s' at revision %d"
                    .formatted(
                        reading.key(), first.value(), reading.value(), reading.modRevision()),
                first.operation(),
                answer.operation());
          }
        }
      }
    }
  }

  private static List<Told> sorted(List<Told> told, ToLongFunction<Operation<?, ?>> time) {
    return told.stream()
        .sorted(Comparator.comparingLong(answer -> time.applyAsLong(answer.operation())))
        .toList();
  }
}

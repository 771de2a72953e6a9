package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.OverdueLease;
import dev.trivet.state.entry.Change;
import dev.trivet.state.keys.EventLog;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.keys.KeyRequests;
import dev.trivet.store.ReadView;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** That the state's answers, ranges and events are those of {@link KeyModel}. */
final class KeyAgreement {
  private KeyAgreement() {}

  /** Does the command on the model and compares what both say. */
  static void follow(KeyModel model, Command command, Outcome outcome, String at) {
    boolean isRefused = outcome.hasRefusal();
    model.answers = new ArrayList<>();
    switch (command.getKindCase()) {
      case PUT ->
          assertThat(isRefused)
              .as(at)
              .isEqualTo(!isValid(command) || model.put(command.getPut()) == null);
      case DELETE_RANGE ->
          assertThat(outcome.getDeleteRange().getDeleted())
              .as(at)
              .isEqualTo(model.delete(command.getDeleteRange()));
      case TXN -> {
        @Nullable Boolean held = isValid(command) ? model.txn(command.getTxn()) : null;
        assertThat(isRefused).as(at).isEqualTo(held == null);
        assertThat(outcome.getTxn().getSucceeded()).as(at).isEqualTo(held != null && held);
      }
      case LEASE_GRANT -> {
        long id = command.getLeaseGrant().getID();
        assertThat(isRefused).as(at).isEqualTo(model.leases.containsKey(id));
        long ttl = command.getLeaseGrant().getTTL();
        if (!isRefused) {
          model.leases.put(id, new KeyModel.Lease(ttl, ++model.grants));
        }
      }
      case LEASE_RENEW -> {
        KeyModel.Lease lease = model.leases.get(command.getLeaseRenew().getID());
        assertThat(outcome.getLeaseRenew().getTTL())
            .as(at)
            .isEqualTo(lease == null ? 0 : lease.ttlSeconds());
      }
      case LEASE_REVOKE -> {
        assertThat(isRefused)
            .as(at)
            .isEqualTo(!model.leases.containsKey(command.getLeaseRevoke().getID()));
        if (!isRefused) {
          model.revoke(command.getLeaseRevoke().getID());
        }
      }
      case EXPIRE_LEASES -> {
        assertThat(isRefused).as(at).isEqualTo(command.getExpireLeases().getTerm() != 1);
        if (!isRefused) {
          expire(model, command.getExpireLeases());
        }
      }
      case COMPACT -> {
        long revision = command.getCompact().getRevision();
        assertThat(isRefused)
            .as(at)
            .isEqualTo(revision <= model.compacted || revision > model.revision());
        if (!isRefused) {
          model.compacted = revision;
        }
      }
      default ->
          throw new IllegalArgumentException(
              "not made by these programs: " + command.getKindCase());
    }
    if (!isRefused) {
      assertThat(answers(outcome)).as("%s: %s", at, command).isEqualTo(model.answers);
    }
  }

  /** What a write that was done was answered with, an operation each. */
  private static List<String> answers(Outcome outcome) {
    List<String> answers = new ArrayList<>();
    switch (outcome.getKindCase()) {
      case PUT -> answers.add(text(outcome.getPut()));
      case DELETE_RANGE -> answers.add(text(outcome.getDeleteRange()));
      case TXN -> collect(outcome.getTxn(), answers);
      default -> {}
    }
    return answers;
  }

  private static void collect(TxnResponse response, List<String> answers) {
    for (ResponseOp operation : response.getResponsesList()) {
      switch (operation.getResponseCase()) {
        case RESPONSE_PUT -> answers.add(text(operation.getResponsePut()));
        case RESPONSE_DELETE_RANGE -> answers.add(text(operation.getResponseDeleteRange()));
        case RESPONSE_RANGE -> answers.add("range " + answer(operation.getResponseRange()));
        case RESPONSE_TXN -> collect(operation.getResponseTxn(), answers);
        case RESPONSE_NOT_SET -> answers.add("nothing");
      }
    }
  }

  private static String text(PutResponse response) {
    return "put" + (response.hasPrevKv() ? " " + text(response.getPrevKv()) : "");
  }

  private static String text(DeleteRangeResponse response) {
    return "deleted "
        + response.getDeleted()
        + " "
        + response.getPrevKvsList().stream().map(KeyAgreement::text).toList();
  }

  private static KeyAnswers answer(RangeResponse response) {
    return new KeyAnswers(
        response.getKvsList().stream().map(KeyAgreement::text).toList(),
        response.getCount(),
        response.getMore());
  }

  private static void expire(KeyModel model, ExpireLeases expire) {
    for (OverdueLease overdue : expire.getLeasesList()) {
      KeyModel.Lease lease = model.leases.get(overdue.getId());
      if (lease != null && lease.grant() == overdue.getGrant()) {
        model.revoke(overdue.getId());
      }
    }
  }

  static void compareRange(ReadView view, KeyModel model, RangeRequest request, String at) {
    NavigableMap<String, KeyModel.Version> rows =
        request.getRevision() == 0
            ? model.now()
            : model.states.getOrDefault(request.getRevision(), new TreeMap<>());
    KeyAnswers expected = KeyAnswers.of(rows, request);

    RangeResponse response = KeyQueries.range(view, request, Long.MAX_VALUE);

    assertThat(answer(response)).as("%s: %s", at, request).isEqualTo(expected);
    assertThat(response.getHeader().getRevision()).as(at).isEqualTo(model.revision());
  }

  /** What a watcher catches up from, starting anywhere. */
  static void comparePast(ReadView view, KeyModel model, Random random, String at) {
    long from = 1 + random.nextLong(model.revision() + 1);
    if (from < model.compacted) {
      assertThatThrownBy(() -> EventLog.read(view, from, Integer.MAX_VALUE))
          .as(at)
          .isInstanceOfSatisfying(
              TrivetException.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.COMPACTED));
      return;
    }
    List<String> actual = new ArrayList<>();
    for (Change.KeysChanged change : EventLog.read(view, from, Integer.MAX_VALUE)) {
      // What was before a compaction's revision may be gone.
      boolean isWhole = change.revision() > model.compacted;
      change.events().forEach(event -> actual.add(text(change.revision(), event, isWhole)));
    }
    List<String> expected = new ArrayList<>();
    model
        .events
        .tailMap(from)
        .forEach(
            (revision, events) ->
                events.forEach(
                    event -> expected.add(text(revision, event, revision > model.compacted))));
    assertThat(actual).as(at).isEqualTo(expected);
  }

  /** What watchers are told of an entry. */
  static List<String> changed(Applied applied) {
    List<String> events = new ArrayList<>();
    for (Change change : applied.changes()) {
      if (change instanceof Change.KeysChanged(long revision, List<Event> changes)) {
        changes.forEach(event -> events.add(text(revision, event, true)));
      }
    }
    return events;
  }

  static List<String> happened(KeyModel model, long from) {
    List<String> events = new ArrayList<>();
    model
        .events
        .tailMap(from)
        .forEach((revision, all) -> all.forEach(event -> events.add(text(revision, event, true))));
    return events;
  }

  private static boolean isValid(Command command) {
    try {
      if (command.hasTxn()) {
        KeyRequests.check(command.getTxn());
      } else {
        KeyRequests.check(command.getPut());
      }
      return true;
    } catch (TrivetException refusal) {
      return false;
    }
  }

  static String text(long revision, Event event, boolean isWithBefore) {
    String now =
        event.getType() == Event.EventType.DELETE
            ? "delete " + event.getKv().getKey().toStringUtf8()
            : text(event.getKv());
    String before = event.hasPrevKv() ? text(event.getPrevKv()) : "nothing";
    return revision + " " + now + (isWithBefore ? " after " + before : "");
  }

  static String text(long revision, KeyModel.Happened event, boolean isWithBefore) {
    KeyModel.Version now = event.now();
    KeyModel.Version before = event.before();
    String text = now == null ? "delete " + event.key() : KeyAnswers.text(event.key(), now);
    String after = before == null ? "nothing" : KeyAnswers.text(event.key(), before);
    return revision + " " + text + (isWithBefore ? " after " + after : "");
  }

  private static String text(KeyValue kv) {
    return KeyAnswers.text(
        kv.getKey().toStringUtf8(),
        new KeyModel.Version(
            kv.getValue().toStringUtf8(),
            kv.getCreateRevision(),
            kv.getModRevision(),
            kv.getVersion(),
            kv.getLease()));
  }
}

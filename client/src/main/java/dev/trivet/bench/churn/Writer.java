package dev.trivet.bench.churn;

import dev.trivet.bench.wire.WireConnection;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Creates, updates and deletes its own share of the objects, one at a time. Of ten writes eight
 * update; the others delete one when the share is full and create one when it is not.
 *
 * <p>Nobody else writes these keys: a transaction that finds another mod revision than the last one
 * left is a violation, unless the outcome of the last one is not known.
 *
 * <p>Owned by the wire's thread.
 */
final class Writer {
  private static final String TXN = KVGrpc.getTxnMethod().getFullMethodName();
  private static final double UPDATES = 0.8;

  private final int number;
  private final int share;
  private final Work work;
  private final SplittableRandom random;
  private final byte[] value;
  private final List<Pod> pods = new ArrayList<>();
  private WireConnection connection;
  private long created;

  /**
   * What the writers have in common.
   *
   * @param acknowledged given the revision of each write that was answered
   * @param free given a writer that may write again
   * @param failed given a writer whose call did not succeed
   */
  record Work(
      Connections connections,
      Tally tally,
      LongConsumer acknowledged,
      Consumer<Writer> free,
      Consumer<Writer> failed) {}

  private enum Kind {
    PUT,
    DELETE
  }

  Writer(int number, int share, int valueSizeBytes, Work work) {
    this.number = number;
    this.share = share;
    this.work = work;
    this.random = new SplittableRandom(number);
    this.value = new byte[valueSizeBytes];
    this.connection = work.connections().next();
  }

  /** Whether it has all its objects. */
  boolean isFull() {
    return pods.size() >= share;
  }

  /** Creates one more object. */
  void create() {
    Pod pod = new Pod(Pods.key(number, created++));
    pods.add(pod);
    write(Kind.PUT, pod);
  }

  /** Makes the next write; none may be under way. */
  void write() {
    boolean isUpdate = random.nextDouble() < UPDATES && !pods.isEmpty();
    if (!isUpdate && !isFull()) {
      create();
      return;
    }
    Pod pod = pods.get(random.nextInt(pods.size()));
    // Of one that is perhaps not there nothing can be deleted: it is created, as it was to be.
    write(isUpdate || pod.modRevision() == 0 ? Kind.PUT : Kind.DELETE, pod);
  }

  private void write(Kind kind, Pod pod) {
    TxnRequest request =
        switch (kind) {
          case PUT -> {
            random.nextBytes(value);
            yield Pods.put(pod.key(), pod.modRevision(), value);
          }
          case DELETE -> Pods.delete(pod.key(), pod.modRevision());
        };
    long sentNanos = System.nanoTime();
    connection.unary(
        TXN,
        request.toByteArray(),
        new Answer<>(
            TxnResponse.getDefaultInstance(),
            TxnResponse::parseFrom,
            answer -> {
              work.tally().wrote(System.nanoTime() - sentNanos);
              answered(kind, pod, answer);
              work.free().accept(this);
            },
            failure -> {
              work.tally().failed("a write: " + failure);
              pod.isNotKnown();
              connection = work.connections().next();
              work.failed().accept(this);
            }));
  }

  private void answered(Kind kind, Pod pod, TxnResponse answer) {
    long revision = answer.getHeader().getRevision();
    if (answer.getSucceeded()) {
      work.acknowledged().accept(revision);
      pod.is(revision);
      if (kind == Kind.DELETE) {
        pods.remove(pod);
      }
      return;
    }
    if (!pod.isUncertain()) {
      work.tally().violated(conflict(pod, answer));
    }
    adopt(pod, answer);
  }

  private static Violation conflict(Pod pod, TxnResponse answer) {
    return new Violation(
        Violation.Kind.CONFLICT,
        "%s is not as its writer left it at revision %d: %s"
            .formatted(pod.key().toStringUtf8(), pod.modRevision(), found(answer)));
  }

  /** The mod revision that the transaction read; 0 if the object is not there. */
  private static long found(TxnResponse answer) {
    return answer.getResponses(0).getResponseRange().getKvsList().stream()
        .findFirst()
        .map(object -> object.getModRevision())
        .orElse(0L);
  }

  /** As an apiserver does: what was read is what the next transaction compares with. */
  private void adopt(Pod pod, TxnResponse answer) {
    long found = found(answer);
    if (found == 0) {
      pods.remove(pod);
    } else {
      pod.is(found);
      work.acknowledged().accept(found);
    }
  }
}

package dev.trivet.mount;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.MutateRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.OperationResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The order of all changes that a mount makes.
 *
 * <p>One command is on its way at a time, with the next sequence number; who comes meanwhile waits
 * and then goes with all the others that wait, as one command. The cluster does all of a command or
 * nothing: when it refuses a joint one, each goes alone. A lost answer is asked for again with the
 * same number. Safe for many threads, which block.
 */
final class Mutations {
  private static final int MAX_OPERATIONS = 64;
  private static final int MAX_JOINT_BYTES = 256 * 1024;

  private final SessionCalls calls;
  private final Consumer<Attributes> changed;
  private final ReentrantLock sending = new ReentrantLock();

  /** Guarded by itself. Bounded by the requests that the kernel may have open. */
  private final Deque<Pending> waiting = new ArrayDeque<>();

  /** Of the last command; guarded by {@link #sending}. */
  private long sequence;

  /**
   * @param changed gets an inode's attributes after each change, in the order of the changes,
   *     before its caller does; must not block
   */
  Mutations(SessionCalls calls, Consumer<Attributes> changed) {
    this.calls = calls;
    this.changed = changed;
  }

  /** What one caller wants; done together or not at all. Written by the sender, under its lock. */
  private static final class Pending {
    private final List<Operation> operations;
    private final long uploadBeganMillis;
    private final int bytes;
    private @Nullable List<OperationResult> results;
    private @Nullable TrivetException refusal;

    private Pending(List<Operation> operations, long uploadBeganMillis) {
      this.operations = operations;
      this.uploadBeganMillis = uploadBeganMillis;
      this.bytes = operations.stream().mapToInt(Operation::getSerializedSize).sum();
    }

    private boolean isDone() {
      return results != null || refusal != null;
    }
  }

  /** One change; returns the attributes of the inode it is about. */
  Attributes apply(Operation operation) {
    return apply(List.of(operation), 0).getFirst().getAttributes();
  }

  /**
   * Changes that happen together or not at all.
   *
   * @param uploadBeganMillis as {@code WriteExtent} gave it; 0 when no extent is named
   * @return a result for each
   * @throws TrivetException the refusal; SESSION_EXPIRED when the outcome cannot be known any more
   */
  List<OperationResult> apply(List<Operation> operations, long uploadBeganMillis) {
    Pending pending = new Pending(List.copyOf(operations), uploadBeganMillis);
    synchronized (waiting) {
      waiting.add(pending);
    }
    sending.lock();
    try {
      while (!pending.isDone()) {
        sendNext();
      }
    } finally {
      sending.unlock();
    }
    if (pending.results != null) {
      return pending.results;
    }
    TrivetException refusal = pending.refusal;
    throw refusal != null ? refusal : ErrorCode.INTERNAL.exception("a change has no outcome");
  }

  private void sendNext() {
    List<Pending> joint = takeJoint();
    try {
      send(joint);
    } catch (TrivetException refusal) {
      if (joint.size() == 1 || !isNothingDone(refusal.code())) {
        joint.forEach(pending -> pending.refusal = refusal);
      } else {
        joint.forEach(this::sendAlone);
      }
    }
  }

  private void sendAlone(Pending pending) {
    try {
      send(List.of(pending));
    } catch (TrivetException refusal) {
      pending.refusal = refusal;
    }
  }

  /** Whether a refusal says for certain that nothing of the command was done. */
  private static boolean isNothingDone(ErrorCode code) {
    return switch (code) {
      case SESSION_EXPIRED, OUTCOME_UNKNOWN, DEADLINE_EXCEEDED, INTERNAL -> false;
      default -> true;
    };
  }

  private List<Pending> takeJoint() {
    List<Pending> joint = new ArrayList<>();
    int operations = 0;
    int bytes = 0;
    synchronized (waiting) {
      while (!waiting.isEmpty()) {
        Pending next = waiting.getFirst();
        operations += next.operations.size();
        bytes += next.bytes;
        if (!joint.isEmpty() && (operations > MAX_OPERATIONS || bytes > MAX_JOINT_BYTES)) {
          break;
        }
        joint.add(waiting.removeFirst());
      }
    }
    return joint;
  }

  private void send(List<Pending> joint) {
    sequence++;
    MutateRequest.Builder request =
        MutateRequest.newBuilder().setSessionId(calls.sessionId()).setSequence(sequence);
    long began = 0;
    for (Pending pending : joint) {
      request.addAllOperations(pending.operations);
      if (pending.uploadBeganMillis != 0) {
        began = began == 0 ? pending.uploadBeganMillis : Math.min(began, pending.uploadBeganMillis);
      }
    }
    request.setUploadBeganMillis(began);
    List<OperationResult> results =
        calls.call(VolumesGrpc.getMutateMethod(), request.build()).getResultsList();
    if (results.size() != request.getOperationsCount()) {
      throw ErrorCode.INTERNAL.exception(
          request.getOperationsCount() + " changes got " + results.size() + " results");
    }
    for (OperationResult result : results) {
      if (result.hasAttributes()) {
        changed.accept(result.getAttributes());
      }
    }
    int from = 0;
    for (Pending pending : joint) {
      int to = from + pending.operations.size();
      pending.results = List.copyOf(results.subList(from, to));
      from = to;
    }
  }
}

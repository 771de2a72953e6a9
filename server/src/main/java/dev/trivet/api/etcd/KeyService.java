package dev.trivet.api.etcd;

import com.google.protobuf.MessageLite;
import dev.trivet.api.auth.Caller;
import dev.trivet.api.auth.Guard;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.api.edge.RequestIds;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.api.edge.Statuses;
import dev.trivet.api.port.PromptService;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.CompactionResponse;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.RangeStreamResponse;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Committed;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.keys.KeyRequests;
import dev.trivet.state.keys.ReadTransaction;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * etcd's service KV.
 *
 * <p>Writes and reads wait on no thread. A write's answer is sent by the thread that completes its
 * future; a read gets a virtual thread of its own once its barrier holds, so that neither the apply
 * thread nor the network's read for anybody.
 *
 * <p>Source: etcd API reference, service KV.
 */
public final class KeyService extends KVGrpc.KVImplBase implements PromptService {
  /** One answer is in memory about three times: as rows, as messages and on the wire. */
  private static final long MAX_ANSWER_BYTES =
      Math.clamp(Runtime.getRuntime().maxMemory() / 8, 16 << 20, 512 << 20);

  private static final int CHUNK_BYTES = 1 << 20;
  private static final long COMPACTION_LOOK_MILLIS = 50;

  /** Bounded by the calls that a connection may have open. */
  private static final Executor READS = read -> Thread.ofVirtual().name("key-read").start(read);

  private final CommandLog log;
  private final Store store;
  private final Headers headers;
  private final RequestLimits limits;
  private final Guard guard;

  /**
   * @param log signs what is proposed with the caller's name
   */
  public KeyService(
      CommandLog log, Store store, Headers headers, RequestLimits limits, Guard guard) {
    this.guard = guard;
    this.log = log;
    this.store = store;
    this.headers = headers;
    this.limits = limits;
  }

  @Override
  public Set<MethodDescriptor<?, ?>> promptCalls() {
    return Set.of(
        KVGrpc.getRangeMethod(),
        KVGrpc.getPutMethod(),
        KVGrpc.getDeleteRangeMethod(),
        KVGrpc.getTxnMethod());
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
    if (!isRefused(request, KeyRequests::check, observer)) {
      Caller caller = guard.caller();
      read(request.getSerializable(), caller, observer, () -> range(request, caller));
    }
  }

  private RangeResponse range(RangeRequest request, Caller caller) {
    try (ReadView view = store.view()) {
      caller.requireRead(view, request.getKey(), request.getRangeEnd());
      RangeResponse found = KeyQueries.range(view, request, MAX_ANSWER_BYTES);
      return found.toBuilder().setHeader(headers.complete(found.getHeader())).build();
    }
  }

  /** In parts of about 1 MiB, in key order, of one view: however large, one part is in memory. */
  @Override
  public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> observer) {
    if (isRefused(request, KeyRequests::check, observer)) {
      return;
    }
    Caller caller = guard.caller();
    ReplyStream.begin(
        observer,
        replies -> {
          var _ = Calls.await(request.getSerializable() ? caller.settled() : log.readBarrier());
          try (ReadView view = store.view()) {
            caller.requireRead(view, request.getKey(), request.getRangeEnd());
            KeyQueries.stream(view, request, CHUNK_BYTES, part -> replies.send(inStream(part)));
          }
        });
  }

  private RangeStreamResponse inStream(RangeResponse part) {
    RangeResponse.Builder response = part.toBuilder();
    if (part.hasHeader()) {
      response.setHeader(headers.complete(part.getHeader()));
    }
    return RangeStreamResponse.newBuilder().setRangeResponse(response).build();
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    Calls.answer(
        observer,
        propose(request, KeyRequests::check, Command.newBuilder().setPut(request)),
        committed -> {
          PutResponse done = Calls.accepted(committed).getPut();
          return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
        });
  }

  @Override
  public void deleteRange(
      DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
    Calls.answer(
        observer,
        propose(request, KeyRequests::check, Command.newBuilder().setDeleteRange(request)),
        committed -> {
          DeleteRangeResponse done = Calls.accepted(committed).getDeleteRange();
          return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
        });
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    if (isRefused(request, this::checkTxn, observer)) {
      return;
    }
    if (ReadTransaction.isReadOnly(request)) {
      Caller caller = guard.caller();
      read(ReadTransaction.isSerializable(request), caller, observer, () -> txn(request, caller));
      return;
    }
    Calls.answer(
        observer,
        log.propose(RequestIds.numbered(Command.newBuilder().setTxn(request)).build()),
        committed -> {
          TxnResponse done = Calls.accepted(committed).getTxn();
          return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
        });
  }

  private TxnResponse txn(TxnRequest request, Caller caller) {
    try (ReadView view = store.view()) {
      caller.requireReads(view, request);
      TxnResponse found = ReadTransaction.evaluate(view, request, MAX_ANSWER_BYTES);
      return found.toBuilder().setHeader(headers.complete(found.getHeader())).build();
    }
  }

  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
    Calls.answer(observer, () -> compact(request));
  }

  private CompactionResponse compact(CompactionRequest request) {
    Committed committed =
        Calls.await(log.propose(Command.newBuilder().setCompact(request).build()));
    CompactionResponse done = Calls.accepted(committed).getCompact();
    if (request.getPhysical()) {
      awaitRemoval(request.getRevision());
    }
    return done.toBuilder().setHeader(headers.complete(done.getHeader())).build();
  }

  /**
   * What a compaction gave up is removed in steps, which the leader proposes. A node that had the
   * leader make the compaction may not have applied it yet.
   */
  private void awaitRemoval(long revision) {
    long start = System.nanoTime();
    while (!isRemoved(revision)) {
      if (System.nanoTime() - start > Calls.LONGEST_WAIT.toNanos()) {
        throw ErrorCode.OUTCOME_UNKNOWN.exception();
      }
      try {
        Thread.sleep(COMPACTION_LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
      }
    }
  }

  private boolean isRemoved(long revision) {
    try (ReadView view = store.view()) {
      return Counter.COMPACTED_REVISION.in(view) >= revision
          && !KeyQueries.hasCompactionBacklog(view);
    }
  }

  private void checkTxn(TxnRequest request) {
    KeyRequests.checkOperations(request, limits.operations());
    KeyRequests.check(request);
  }

  /** Reads once the barrier holds. */
  private <A> void read(
      boolean isSerializable, Caller caller, StreamObserver<A> observer, Supplier<A> work) {
    CompletableFuture<Long> barrier = isSerializable ? caller.settled() : log.readBarrier();
    Calls.answer(observer, barrier.thenApplyAsync(_ -> work.get(), READS), Function.identity());
  }

  private <Q extends MessageLite, A> boolean isRefused(
      Q request, Consumer<Q> form, StreamObserver<A> observer) {
    try {
      check(request, form);
      return false;
    } catch (TrivetException refusal) {
      observer.onError(Statuses.of(refusal));
      return true;
    }
  }

  private <Q extends MessageLite> CompletableFuture<Committed> propose(
      Q request, Consumer<Q> form, Command.Builder command) {
    try {
      check(request, form);
    } catch (TrivetException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
    return log.propose(RequestIds.numbered(command).build());
  }

  private <Q extends MessageLite> void check(Q request, Consumer<Q> form) {
    form.accept(request);
    if (request.getSerializedSize() > limits.requestBytes()) {
      throw ErrorCode.REQUEST_TOO_LARGE.exception();
    }
  }
}

package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentReadRequest;
import dev.trivet.proto.peer.ExtentStatRequest;
import dev.trivet.proto.peer.ExtentStatResponse;
import dev.trivet.proto.peer.ExtentWrite;
import dev.trivet.proto.peer.ExtentWritten;
import dev.trivet.proto.peer.ExtentsGrpc;
import dev.trivet.state.entry.ExtentId;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;

/**
 * This node's extents for the other nodes, on the peer port. It knows of no state: what it is sent
 * lies on the disk until a command in the log names it or the sweeper finds it.
 *
 * <p>Limits: so many writes and reads at once; more are refused with {@code TOO_MANY_REQUESTS}. A
 * write holds one frame, and what the connection's flow control lets in.
 */
public final class ExtentService extends ExtentsGrpc.ExtentsImplBase {
  private static final int MAX_WRITES = 128;
  private static final int MAX_READS = 128;
  private static final int MAX_STAT_IDS = 10_000;

  private final LocalExtents local;
  private final Semaphore writes = new Semaphore(MAX_WRITES);
  private final Semaphore reads = new Semaphore(MAX_READS);

  public ExtentService(LocalExtents local) {
    this.local = local;
  }

  @Override
  public StreamObserver<ExtentWrite> write(StreamObserver<ExtentWritten> answer) {
    ServerCallStreamObserver<ExtentWritten> call = serverCall(answer);
    WriteCall writing = new WriteCall(local, call, writes::release);
    if (!writes.tryAcquire()) {
      writing.refuse(tooMany("writes", MAX_WRITES));
      return writing;
    }
    call.disableAutoRequest();
    call.setOnCancelHandler(writing::abandon);
    call.request(1);
    return writing;
  }

  @Override
  public void read(ExtentReadRequest request, StreamObserver<ExtentFrame> answer) {
    if (!reads.tryAcquire()) {
      answer.onError(PeerErrors.toStatus(tooMany("reads", MAX_READS)));
      return;
    }
    ReadCall reading = new ReadCall(local, request, serverCall(answer));
    Thread.ofVirtual()
        .name("extent-read")
        .start(
            () -> {
              try {
                reading.run();
              } finally {
                reads.release();
              }
            });
  }

  @Override
  public void stat(ExtentStatRequest request, StreamObserver<ExtentStatResponse> answer) {
    if (request.getIdsCount() > MAX_STAT_IDS) {
      answer.onError(
          PeerErrors.toStatus(
              ErrorCode.INVALID_ARGUMENT.exception(
                  "at most " + MAX_STAT_IDS + " ids at once, got " + request.getIdsCount())));
      return;
    }
    ExtentStatResponse.Builder found = ExtentStatResponse.newBuilder();
    try {
      request.getIdsList().forEach(id -> found.addPresent(local.isHere(ExtentId.of(id))));
    } catch (IllegalArgumentException e) {
      answer.onError(
          PeerErrors.toStatus(ErrorCode.INVALID_ARGUMENT.exception("no extent id: " + e, e)));
      return;
    }
    answer.onNext(found.build());
    answer.onCompleted();
  }

  private static TrivetException tooMany(String what, int allowed) {
    // The row's text is etcd's, which must stay as it is.
    return ErrorCode.TOO_MANY_REQUESTS.exception(
        ErrorCode.TOO_MANY_REQUESTS.text(),
        new IllegalStateException("extent " + what + " at once: allowed are " + allowed));
  }

  private static <A> ServerCallStreamObserver<A> serverCall(StreamObserver<A> answer) {
    // So gRPC promises for the server's side.
    return (ServerCallStreamObserver<A>) answer;
  }
}

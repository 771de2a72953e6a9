package dev.trivet.client;

import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Watch streams of a node that comes to grief: each but the last is answered with one event of the
 * revision that was asked for, and then fails.
 */
final class FailingWatches extends WatchGrpc.WatchImplBase {
  private final Queue<Status> failures;

  FailingWatches(Iterable<Status> failures) {
    this.failures = new ConcurrentLinkedQueue<>();
    failures.forEach(this.failures::add);
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchRequest request) {
        long revision = request.getCreateRequest().getStartRevision();
        KeyValue pair =
            KeyValue.newBuilder()
                .setKey(request.getCreateRequest().getKey())
                .setValue(Texts.bytes(Long.toString(revision)))
                .setModRevision(revision)
                .build();
        answers.onNext(
            WatchResponse.newBuilder().addEvents(Event.newBuilder().setKv(pair)).build());
        Status failure = failures.poll();
        if (failure != null) {
          answers.onError(failure.asRuntimeException());
        }
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }
}

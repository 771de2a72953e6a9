package dev.trivet.extents;

import dev.trivet.proto.peer.ExtentStatRequest;
import dev.trivet.proto.peer.ExtentStatResponse;
import dev.trivet.proto.peer.ExtentWrite;
import dev.trivet.proto.peer.ExtentWritten;
import dev.trivet.proto.peer.ExtentsGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** A node that is up, and whose disk takes nothing: writes begin there and never get on. */
final class HungDisk extends ExtentsGrpc.ExtentsImplBase {
  @Override
  public void stat(ExtentStatRequest request, StreamObserver<ExtentStatResponse> answer) {
    answer.onNext(ExtentStatResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<ExtentWrite> write(StreamObserver<ExtentWritten> answer) {
    ((ServerCallStreamObserver<ExtentWritten>) answer).disableAutoRequest();
    return new StreamObserver<>() {
      @Override
      public void onNext(ExtentWrite message) {
        throw new IllegalStateException("nothing was asked for");
      }

      @Override
      public void onError(Throwable failure) {
        // The caller gave up, as it should.
      }

      @Override
      public void onCompleted() {
        throw new IllegalStateException("nothing was asked for");
      }
    };
  }
}

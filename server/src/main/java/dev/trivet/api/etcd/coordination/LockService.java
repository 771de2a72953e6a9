package dev.trivet.api.etcd.coordination;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.etcd.KeyService;
import dev.trivet.api.etcd.LeaseService;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.LockGrpc;
import dev.trivet.proto.etcd.LockRequest;
import dev.trivet.proto.etcd.LockResponse;
import dev.trivet.proto.etcd.UnlockRequest;
import dev.trivet.proto.etcd.UnlockResponse;
import dev.trivet.watch.WatchHub;
import io.grpc.stub.StreamObserver;

/**
 * etcd's service Lock. A call waits for its turn as long as its caller does.
 *
 * <p>An unknown lease is answered NOT_FOUND, where etcd says the same words with the code UNKNOWN,
 * since its own client between the two services loses the code.
 *
 * <p>Source: etcd API reference, service v3lockpb.Lock.
 */
public final class LockService extends LockGrpc.LockImplBase {
  private final KeyCalls calls;
  private final Line line;

  public LockService(KeyService keys, LeaseService leases, WatchHub hub) {
    this.calls = new KeyCalls(keys, leases);
    this.line = new Line(calls, hub);
  }

  @Override
  public void lock(LockRequest request, StreamObserver<LockResponse> observer) {
    ByteString name = request.getName();
    Calls.answer(
        observer,
        () ->
            line.enter(
                name,
                request.getLease(),
                ByteString.EMPTY,
                place ->
                    LockResponse.newBuilder()
                        .setHeader(line.awaitTurn(name, place))
                        .setKey(place.key())
                        .build()));
  }

  @Override
  public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> observer) {
    Calls.answer(
        observer,
        () ->
            UnlockResponse.newBuilder()
                .setHeader(
                    calls
                        .delete(DeleteRangeRequest.newBuilder().setKey(request.getKey()).build())
                        .getHeader())
                .build());
  }
}

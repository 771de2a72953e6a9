package dev.trivet.api.admin;

import dev.trivet.api.edge.Calls;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.peer.NodesGrpc;
import dev.trivet.proto.peer.ObserveNodeRequest;
import dev.trivet.proto.peer.ObserveNodeResponse;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;

/** Tells the other nodes how this one is; belongs on the peer port, behind the handshake. */
public final class NodeReplies extends NodesGrpc.NodesImplBase {
  private final Store store;
  private final ExtentStorage extents;

  public NodeReplies(Store store, ExtentStorage extents) {
    this.store = store;
    this.extents = extents;
  }

  @Override
  public void observe(ObserveNodeRequest request, StreamObserver<ObserveNodeResponse> observer) {
    Calls.answer(
        observer,
        () ->
            ObserveNodeResponse.newBuilder()
                .setAppliedIndex(Math.max(0, store.applied().index()))
                .setMissingExtents(extents.missingCount())
                .build());
  }
}

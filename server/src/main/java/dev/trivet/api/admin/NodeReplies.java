package dev.trivet.api.admin;

import dev.trivet.api.edge.Calls;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.peer.NodesGrpc;
import dev.trivet.proto.peer.ObserveNodeRequest;
import dev.trivet.proto.peer.ObserveNodeResponse;
import dev.trivet.replicate.CommandLog;
import io.grpc.stub.StreamObserver;

/** Tells the other nodes how this one is; belongs on the peer port, behind the handshake. */
public final class NodeReplies extends NodesGrpc.NodesImplBase {
  private final CommandLog log;
  private final ExtentStorage extents;

  public NodeReplies(CommandLog log, ExtentStorage extents) {
    this.log = log;
    this.extents = extents;
  }

  @Override
  public void observe(ObserveNodeRequest request, StreamObserver<ObserveNodeResponse> observer) {
    Calls.answer(
        observer,
        () ->
            ObserveNodeResponse.newBuilder()
                .setAppliedIndex(Math.max(0, log.appliedIndex()))
                .setMissingExtents(extents.missingCount())
                .build());
  }
}

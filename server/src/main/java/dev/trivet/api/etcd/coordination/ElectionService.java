package dev.trivet.api.etcd.coordination;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.api.etcd.Headers;
import dev.trivet.api.etcd.KeyService;
import dev.trivet.api.etcd.LeaseService;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.CampaignRequest;
import dev.trivet.proto.etcd.CampaignResponse;
import dev.trivet.proto.etcd.ElectionGrpc;
import dev.trivet.proto.etcd.LeaderKey;
import dev.trivet.proto.etcd.LeaderRequest;
import dev.trivet.proto.etcd.LeaderResponse;
import dev.trivet.proto.etcd.ProclaimRequest;
import dev.trivet.proto.etcd.ProclaimResponse;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.ResignRequest;
import dev.trivet.proto.etcd.ResignResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import dev.trivet.watch.WatchHub;
import io.grpc.stub.StreamObserver;

/**
 * etcd's service Election.
 *
 * <p>Unlike etcd, a campaign whose key went away while it waited fails, and does not come back as a
 * leader without a key.
 *
 * <p>Source: etcd API reference, service v3electionpb.Election.
 */
public final class ElectionService extends ElectionGrpc.ElectionImplBase {
  private final KeyCalls calls;
  private final Line line;
  private final Observation observation;

  public ElectionService(KeyService keys, LeaseService leases, WatchHub hub, Headers headers) {
    this.calls = new KeyCalls(keys, leases);
    this.line = new Line(calls, hub);
    this.observation = new Observation(calls, hub, headers);
  }

  /** Waits until the caller leads, as long as the caller does. */
  @Override
  public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> observer) {
    Calls.answer(
        observer,
        () ->
            line.enter(
                request.getName(),
                request.getLease(),
                request.getValue(),
                place -> campaign(request, place)));
  }

  private CampaignResponse campaign(CampaignRequest request, Line.Place place) {
    LeaderKey leader =
        LeaderKey.newBuilder()
            .setName(request.getName())
            .setKey(place.key())
            .setRev(place.revision())
            .setLease(place.lease())
            .build();
    if (!place.value().equals(request.getValue())) {
      var _ = proclaim(leader, request.getValue());
    }
    return CampaignResponse.newBuilder()
        .setHeader(line.awaitTurn(request.getName(), place))
        .setLeader(leader)
        .build();
  }

  @Override
  public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          requireLeaderKey(request.hasLeader());
          return ProclaimResponse.newBuilder()
              .setHeader(proclaim(request.getLeader(), request.getValue()))
              .build();
        });
  }

  private ResponseHeader proclaim(LeaderKey leader, ByteString value) {
    TxnResponse done =
        calls.txn(
            TxnRequest.newBuilder()
                .addCompare(Line.created(leader.getKey(), leader.getRev()))
                .addSuccess(
                    RequestOp.newBuilder()
                        .setRequestPut(
                            PutRequest.newBuilder()
                                .setKey(leader.getKey())
                                .setValue(value)
                                .setLease(leader.getLease())))
                .build());
    if (!done.getSucceeded()) {
      throw ErrorCode.ELECTION_NOT_LEADER.exception();
    }
    return done.getHeader();
  }

  @Override
  public void leader(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          RangeResponse found = calls.range(Line.first(request.getName()).build());
          if (found.getKvsCount() == 0) {
            throw ErrorCode.ELECTION_NO_LEADER.exception();
          }
          return LeaderResponse.newBuilder()
              .setHeader(found.getHeader())
              .setKv(found.getKvs(0))
              .build();
        });
  }

  @Override
  public void observe(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
    ReplyStream.begin(observer, replies -> observation.run(request.getName(), replies::send));
  }

  /** Who does not lead any more resigns without an error, as in etcd. */
  @Override
  public void resign(ResignRequest request, StreamObserver<ResignResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          requireLeaderKey(request.hasLeader());
          LeaderKey leader = request.getLeader();
          return ResignResponse.newBuilder()
              .setHeader(line.leave(leader.getKey(), leader.getRev()).getHeader())
              .build();
        });
  }

  private static void requireLeaderKey(boolean isThere) {
    if (!isThere) {
      throw ErrorCode.LEADER_KEY_MISSING.exception();
    }
  }
}

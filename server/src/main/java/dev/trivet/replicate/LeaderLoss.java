package dev.trivet.replicate;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the leader's process is gone, and has this node stand for election at once: by the
 * time-out, which must be long enough for a leader that pauses, it takes a second.
 *
 * <p>Gone means: its stream of entries ended, and its server says that nobody listens at its port.
 * A leader that pauses, or cannot be reached, is left to the time-out. Whatever this decides, Raft
 * stays safe; what is at stake is only an election that was not needed. Followers take turns, in
 * the order of their ids, so that they do not stand against each other.
 *
 * <p>Safe for any thread. Streams end on the network's, which never waits.
 */
final class LeaderLoss implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLoss.class);
  private static final String APPEND =
      RaftServerProtocolServiceGrpc.getAppendEntriesMethod().getFullMethodName();

  private static final int CONNECT_MILLIS = 100;
  private static final long POLL_MILLIS = 20;

  /** As long as an election takes that goes well. */
  private static final long TURN_MILLIS = 200;

  private final long patienceNanos;
  private final AtomicLong heard = new AtomicLong();
  private final AtomicBoolean isLooking = new AtomicBoolean();
  private volatile @Nullable Seat seat;

  private record Seat(RaftServer server, RaftServer.Division division) {}

  /**
   * @param patience after which the time-out has come to the same conclusion
   */
  LeaderLoss(Duration patience) {
    this.patienceNanos = patience.toNanos();
  }

  /** From here on losses are acted upon. */
  void follow(RaftServer server, RaftServer.Division division) {
    seat = new Seat(server, division);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ServerCall.Listener<Q> listener = next.startCall(call, headers);
    return call.getMethodDescriptor().getFullMethodName().equals(APPEND)
        ? new Stream<>(listener)
        : listener;
  }

  private final class Stream<Q> extends SimpleForwardingServerCallListener<Q> {
    private @Nullable RaftPeerId sender;

    Stream(ServerCall.Listener<Q> listener) {
      super(listener);
    }

    @Override
    public void onMessage(Q message) {
      heard.incrementAndGet();
      if (sender == null && message instanceof AppendEntriesRequestProto request) {
        sender = RaftPeerId.valueOf(request.getServerRequest().getRequestorId());
      }
      super.onMessage(message);
    }

    /** A server that is stopped in good order ends its streams so. */
    @Override
    public void onHalfClose() {
      super.onHalfClose();
      ended();
    }

    @Override
    public void onCancel() {
      super.onCancel();
      ended();
    }

    private void ended() {
      Seat known = seat;
      if (sender != null && known != null && isLooking.compareAndSet(false, true)) {
        Loss loss = new Loss(known, sender, known.division.getInfo().getCurrentTerm(), heard.get());
        var _ = Thread.ofVirtual().name("leader-loss").start(() -> look(loss));
      }
    }
  }

  /**
   * @param heard how many messages had come when the stream broke off
   */
  private record Loss(Seat seat, RaftPeerId leader, long term, long heard) {}

  private void look(Loss loss) {
    try {
      long begin = System.nanoTime();
      while (isStillMissed(loss) && System.nanoTime() - begin < patienceNanos) {
        if (isGone(loss)) {
          Thread.sleep(TURN_MILLIS * turn(loss));
          if (isStillMissed(loss)) {
            stand(loss);
          }
          return;
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.info("the loss of {} is left to the time-out", loss.leader, e);
    } finally {
      isLooking.set(false);
    }
  }

  private boolean isStillMissed(Loss loss) {
    DivisionInfo info = loss.seat.division.getInfo();
    return info.isFollower()
        && info.getCurrentTerm() == loss.term
        && loss.leader.equals(info.getLeaderId())
        && heard.get() == loss.heard;
  }

  private static boolean isGone(Loss loss) throws IOException {
    RaftPeer leader = loss.seat.division.getRaftConf().getPeer(loss.leader);
    if (leader == null) {
      return false;
    }
    String address = leader.getAddress();
    int colon = address.lastIndexOf(':');
    try (Socket probe = new Socket()) {
      probe.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          CONNECT_MILLIS);
      return false;
    } catch (ConnectException e) {
      // Not when this node's own network is away.
      return String.valueOf(e.getMessage()).contains("refused");
    } catch (IOException _) {
      return false;
    }
  }

  /** How many followers go first. */
  private static int turn(Loss loss) {
    List<String> followers =
        loss.seat.division.getRaftConf().getCurrentPeers().stream()
            .map(RaftPeer::getId)
            .filter(id -> !id.equals(loss.leader))
            .map(RaftPeerId::toString)
            .sorted(Comparator.naturalOrder())
            .toList();
    return Math.max(0, followers.indexOf(loss.seat.division.getId().toString()));
  }

  /** As the leader itself asks for it when it hands leadership over. */
  private static void stand(Loss loss) throws IOException {
    RaftServer.Division division = loss.seat.division;
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    if (last == null || division.getRaftConf().getPeer(division.getId()) == null) {
      return;
    }
    LOG.info("{} is gone: standing for election in its place", loss.leader);
    var _ =
        loss.seat.server.startLeaderElection(
            StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(
                    RaftRpcRequestProto.newBuilder()
                        .setRequestorId(loss.leader.toByteString())
                        .setReplyId(division.getId().toByteString())
                        .setRaftGroupId(
                            ProtoUtils.toRaftGroupIdProtoBuilder(
                                division.getMemberId().getGroupId())))
                .setLeaderLastEntry(last.toProto())
                .build());
  }
}

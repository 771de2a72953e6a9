package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.LeaseTimes;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.lease.LeaseAnswer;
import dev.trivet.chaos.history.lease.LeaseCall;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.PutRequest;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Leases that are granted, renewed for a while, left alone, and looked at. Promise: a key lives as
 * long as its lease was promised, and not much longer.
 */
public final class Leases extends Noted<LeaseCall, LeaseAnswer> {
  private static final int CLIENTS = 4;
  private static final long TTL_SECONDS = 4;
  private static final long CALL_SECONDS = 3;
  private static final int MOST_RENEWALS = 4;
  private static final int LOOKS = 10;
  private static final long LOOK_MILLIS = 1_000;
  private static final long PAUSE_MILLIS = 100;

  /**
   * The life of a lease takes seconds, a refused grant a moment: while nobody leads those add up.
   */
  private static final Floor FLOOR = new Floor(10, 0.05);

  /** A new leader gives each lease its whole time again, and may only be found by and by. */
  private static final Duration ALLOWANCE = Duration.ofSeconds(15);

  private final AtomicLong ids;
  private volatile long stopNanos;

  public Leases(List<String> endpoints, long seed) {
    super("leases", endpoints, seed, FLOOR);
    this.ids = new AtomicLong(1_000_000);
  }

  @Override
  public void start() {
    crew.start("leases", endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    long lease = ids.incrementAndGet();
    String key = "leases/" + lease;
    if (!isAnswered(client, new LeaseCall.Grant(lease))
        || !isAnswered(client, new LeaseCall.Attach(lease, key))) {
      return false;
    }
    int renewals = client.random().nextInt(MOST_RENEWALS);
    for (int i = 0; i < renewals; i++) {
      Thread.sleep(client.random().nextLong(TTL_SECONDS * 500));
      var _ = isAnswered(client, new LeaseCall.Renew(lease));
      var _ = isAnswered(client, new LeaseCall.Look(lease, key));
    }
    if (client.random().nextInt(LOOKS) == 0) {
      var _ = isAnswered(client, new LeaseCall.Revoke(lease));
    }
    for (int i = 0; i < LOOKS && stopNanos == 0; i++) {
      Thread.sleep(LOOK_MILLIS);
      LeaseCall look = new LeaseCall.Look(lease, key);
      if (calls.make(client, look, () -> ask(client.connection(), look))
          instanceof Result.Answered<LeaseAnswer>(LeaseAnswer.Gone _)) {
        break;
      }
    }
    return true;
  }

  private boolean isAnswered(Crew.Client client, LeaseCall call) throws InterruptedException {
    return calls.make(client, call, () -> ask(client.connection(), call))
        instanceof Result.Answered<LeaseAnswer>;
  }

  private static Result<LeaseAnswer> ask(TrivetClient client, LeaseCall call)
      throws InterruptedException {
    try {
      return new Result.Answered<>(answer(client, call));
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.NOT_FOUND
          ? new Result.Answered<>(new LeaseAnswer.Ended())
          : new Result.Unknown<>(String.valueOf(e.getStatus()));
    } catch (TrivetException e) {
      return e.code() == ErrorCode.LEASE_NOT_FOUND
          ? new Result.Answered<>(new LeaseAnswer.Ended())
          : Calls.graded(e.code());
    }
  }

  private static LeaseAnswer answer(TrivetClient client, LeaseCall call)
      throws InterruptedException {
    LeaseGrpc.LeaseBlockingStub leases =
        LeaseGrpc.newBlockingStub(client.channel())
            .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    return switch (call) {
      case LeaseCall.Grant(long lease) ->
          alive(
              leases
                  .leaseGrant(
                      LeaseGrantRequest.newBuilder().setID(lease).setTTL(TTL_SECONDS).build())
                  .getTTL());
      case LeaseCall.Renew(long lease) -> renew(client, lease);
      case LeaseCall.Attach(long lease, String key) -> {
        var _ =
            client
                .keys()
                .put(
                    PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setLease(lease)
                        .build());
        yield new LeaseAnswer.Attached();
      }
      case LeaseCall.Look(_, String key) ->
          client.keys().get(ByteString.copyFromUtf8(key)).isPresent()
              ? new LeaseAnswer.There()
              : new LeaseAnswer.Gone();
      case LeaseCall.Revoke(long lease) -> {
        var _ = leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
        yield new LeaseAnswer.Ended();
      }
    };
  }

  /** Asks once, and not by the stream that a keeper of leases would leave open. */
  private static LeaseAnswer renew(TrivetClient client, long lease) throws InterruptedException {
    BlockingClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream =
        LeaseGrpc.newBlockingV2Stub(client.channel()).leaseKeepAlive();
    try {
      boolean isSent =
          stream.write(
              LeaseKeepAliveRequest.newBuilder().setID(lease).build(),
              CALL_SECONDS,
              TimeUnit.SECONDS);
      LeaseKeepAliveResponse answer = isSent ? stream.read(CALL_SECONDS, TimeUnit.SECONDS) : null;
      if (answer == null) {
        throw ErrorCode.OUTCOME_UNKNOWN.exception("the stream ended before its answer");
      }
      return answer.getTTL() <= 0 ? new LeaseAnswer.Ended() : alive(answer.getTTL());
    } catch (TimeoutException | StatusException e) {
      throw ErrorCode.OUTCOME_UNKNOWN.exception("no answer: " + e.getMessage(), e);
    } finally {
      stream.cancel("asked once", null);
    }
  }

  private static LeaseAnswer alive(long seconds) {
    return new LeaseAnswer.Alive(Duration.ofSeconds(seconds));
  }

  @Override
  public void stop() throws InterruptedException {
    stopNanos = System.nanoTime();
    crew.stop();
  }

  @Override
  public List<Judgement> judge() {
    return List.of(LeaseTimes.check(calls.operations(), stopNanos, ALLOWANCE));
  }
}

package dev.trivet.api.etcd;

import dev.trivet.api.QuietLog;
import dev.trivet.api.auth.Caller;
import dev.trivet.api.edge.KnownLeader;
import dev.trivet.peer.Member;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import dev.trivet.watch.EventSource;
import dev.trivet.watch.SimulatedHub;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;

/** The real {@link WatchStream} of one caller, without network, threads and ticks of its own. */
public final class HandTurnedStream {
  private static final Headers HEADERS =
      new Headers(
          "00000000000000c1",
          new Member("n", "0000000000000001", "h:1", "h:2", "h:3", Member.Role.VOTER),
          new KnownLeader(new QuietLog()));

  private final Receiver receiver = new Receiver();
  private final WatchStream stream;

  public HandTurnedStream(SimulatedHub hub, EventSource source, Caller caller) {
    stream = new WatchStream(hub.hub(), source, HEADERS, receiver, caller);
  }

  public void send(WatchRequest request) {
    stream.onNext(request);
  }

  /** What was sent since the last call. */
  public List<WatchResponse> received() {
    List<WatchResponse> messages = List.copyOf(receiver.messages);
    receiver.messages.clear();
    return messages;
  }

  /** Whether the caller reads what is sent. */
  public void setReading(boolean isReading) {
    receiver.isReading = isReading;
    if (isReading) {
      stream.resume();
    }
  }

  public boolean isReading() {
    return receiver.isReading;
  }

  public void tick() {
    stream.tellProgress();
  }

  private static final class Receiver extends ServerCallStreamObserver<WatchResponse> {
    final List<WatchResponse> messages = new ArrayList<>();
    boolean isReading = true;

    @Override
    public boolean isReady() {
      return isReading;
    }

    @Override
    public void onNext(WatchResponse message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      throw new IllegalStateException("the stream failed", failure);
    }

    @Override
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean isEnabled) {}

    @Override
    public void disableAutoInboundFlowControl() {}
  }
}

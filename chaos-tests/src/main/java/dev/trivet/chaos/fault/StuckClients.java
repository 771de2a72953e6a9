package dev.trivet.chaos.fault;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask for everything and never take an answer. */
final class StuckClients implements AutoCloseable {
  private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
  private static final long PATIENCE_SECONDS = 120;

  private final List<TrivetClient> clients = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();

  private StuckClients() {}

  /** Each on a connection of its own, with two calls. */
  static StuckClients at(String endpoint, int count) {
    StuckClients stuck = new StuckClients();
    for (int i = 0; i < count; i++) {
      TrivetClient client = TrivetClient.connect(List.of(endpoint));
      stuck.clients.add(client);
      stuck.ask(
          client,
          WatchGrpc.getWatchMethod(),
          WatchRequest.newBuilder()
              .setCreateRequest(
                  WatchCreateRequest.newBuilder()
                      .setKey(ALL)
                      .setRangeEnd(ALL)
                      .setStartRevision(1)
                      .setPrevKv(true))
              .build());
      stuck.ask(
          client,
          KVGrpc.getRangeMethod(),
          RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).build());
    }
    return stuck;
  }

  private <Q, A> void ask(TrivetClient client, MethodDescriptor<Q, A> method, Q request) {
    CallOptions patient = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    ClientCall<Q, A> call = client.channel().newCall(method, patient);
    open.incrementAndGet();
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            open.decrementAndGet();
          }
        },
        new Metadata());
    call.sendMessage(request);
    if (method.getType() == MethodDescriptor.MethodType.UNARY) {
      call.halfClose();
    }
    // No request for answers: they stay where they are.
  }

  /** Calls that have not ended. */
  int open() {
    return open.get();
  }

  @Override
  public void close() {
    clients.forEach(TrivetClient::close);
  }
}

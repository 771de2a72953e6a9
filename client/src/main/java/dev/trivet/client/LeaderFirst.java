package dev.trivet.client;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a call to the leader that its {@link LeaderHint} names if that endpoint is connected, else
 * to the connected endpoints in turn.
 *
 * <p>All endpoints are kept connected: a failover then costs no handshake. A hint that names no
 * configured endpoint is not followed: a node's own name for itself need not be reachable from
 * here.
 *
 * <p>Invariant: {@code connections} has exactly the endpoints of the last resolution. Owned by the
 * channel's synchronization context; only the immutable {@link Picker} leaves it.
 */
final class LeaderFirst extends LoadBalancer {
  private final Helper helper;
  private final Map<String, Connection> connections = new LinkedHashMap<>();

  LeaderFirst(Helper helper) {
    this.helper = helper;
  }

  @Override
  public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
    Map<String, EquivalentAddressGroup> wanted = new LinkedHashMap<>();
    for (EquivalentAddressGroup group : resolved.getAddresses()) {
      String endpoint = group.getAttributes().get(EndpointResolver.ENDPOINT);
      if (endpoint != null) {
        wanted.put(endpoint, group);
      }
    }
    for (String endpoint : List.copyOf(connections.keySet())) {
      if (!wanted.containsKey(endpoint)) {
        Connection gone = connections.remove(endpoint);
        if (gone != null) {
          gone.subchannel.shutdown();
        }
      }
    }
    wanted.forEach(this::connect);
    publish();
    return Status.OK;
  }

  private void connect(String endpoint, EquivalentAddressGroup group) {
    Connection known = connections.get(endpoint);
    if (known != null) {
      known.subchannel.updateAddresses(List.of(group));
      return;
    }
    Subchannel subchannel =
        helper.createSubchannel(
            CreateSubchannelArgs.newBuilder().setAddresses(List.of(group)).build());
    Connection connection = new Connection(subchannel);
    connections.put(endpoint, connection);
    subchannel.start(state -> changed(connection, state));
    subchannel.requestConnection();
  }

  private void changed(Connection connection, ConnectivityStateInfo state) {
    switch (state.getState()) {
      case READY -> connection.failure = null;
      case TRANSIENT_FAILURE -> {
        connection.failure = state.getStatus();
        helper.refreshNameResolution();
      }
      case IDLE -> {
        helper.refreshNameResolution();
        connection.subchannel.requestConnection();
      }
      // A failure is remembered while it is tried again, so that calls do not wait for a dead node.
      case CONNECTING, SHUTDOWN -> {}
    }
    connection.state = state.getState();
    publish();
  }

  private void publish() {
    Map<String, Subchannel> ready = new HashMap<>();
    List<Subchannel> inTurn = new ArrayList<>();
    Status failure = Status.UNAVAILABLE.withDescription("no endpoint could be reached");
    boolean hopeful = false;
    for (Map.Entry<String, Connection> entry : connections.entrySet()) {
      Connection connection = entry.getValue();
      Status failed = connection.failure;
      if (connection.state == ConnectivityState.READY) {
        ready.put(entry.getKey(), connection.subchannel);
        inTurn.add(connection.subchannel);
      } else if (failed == null) {
        hopeful = true;
      } else {
        failure =
            Status.UNAVAILABLE
                .withDescription(entry.getKey() + ": " + reason(failed))
                .withCause(failed.getCause());
      }
    }
    if (!inTurn.isEmpty()) {
      helper.updateBalancingState(ConnectivityState.READY, new Picker(ready, inTurn));
    } else if (hopeful) {
      helper.updateBalancingState(
          ConnectivityState.CONNECTING, new FixedResultPicker(PickResult.withNoResult()));
    } else {
      helper.updateBalancingState(
          ConnectivityState.TRANSIENT_FAILURE,
          new FixedResultPicker(PickResult.withError(failure)));
    }
  }

  private static @Nullable String reason(Status failed) {
    Throwable cause = failed.getCause();
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof CertificateException) {
        return "TLS: the node's certificate is not trusted: " + at.getMessage();
      }
      if (at instanceof SSLException && !(at.getCause() instanceof Exception)) {
        return "TLS: " + at.getMessage();
      }
    }
    return cause == null ? failed.getDescription() : cause.getMessage();
  }

  @Override
  public void handleNameResolutionError(Status error) {
    if (connections.isEmpty()) {
      helper.updateBalancingState(
          ConnectivityState.TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(error)));
    }
  }

  @Override
  public void requestConnection() {
    connections.values().forEach(connection -> connection.subchannel.requestConnection());
  }

  @Override
  public void shutdown() {
    connections.values().forEach(connection -> connection.subchannel.shutdown());
    connections.clear();
  }

  /** One endpoint. {@code failure} is why it was last lost, until it is ready again. */
  private static final class Connection {
    final Subchannel subchannel;
    ConnectivityState state = ConnectivityState.IDLE;
    @Nullable Status failure;

    Connection(Subchannel subchannel) {
      this.subchannel = subchannel;
    }
  }
}

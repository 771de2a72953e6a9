package dev.trivet.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives the balancer one address group per endpoint, marked with the endpoint's own spelling. Names
 * are looked up again whenever the balancer lost a connection, and every few seconds while one of
 * them is unknown: a node may get its name after the others. A name that was known keeps its
 * addresses when it cannot be looked up: names fail more often than nodes do.
 *
 * <p>Owned by the channel's synchronization context; look-ups run on virtual threads.
 */
final class EndpointResolver extends NameResolver {
  /** "host:port" as it was configured. */
  @EquivalentAddressGroup.Attr
  static final Attributes.Key<String> ENDPOINT = Attributes.Key.create("trivet-endpoint");

  private static final long UNKNOWN_SECONDS = 5;

  private final List<Endpoint> endpoints;
  private final SynchronizationContext context;
  private final ScheduledExecutorService timer;
  private final Executor lookups = task -> Thread.ofVirtual().name("trivet-resolve").start(task);
  private Listener2 listener = new NoListener();
  private final Map<Endpoint, List<SocketAddress>> known = new HashMap<>();
  private @Nullable ScheduledHandle next;
  private boolean lookingUp;
  private boolean stopped;

  EndpointResolver(List<Endpoint> endpoints, NameResolver.Args args) {
    this.endpoints = List.copyOf(endpoints);
    this.context = args.getSynchronizationContext();
    this.timer = args.getScheduledExecutorService();
  }

  @Override
  public String getServiceAuthority() {
    return endpoints.getFirst().toString();
  }

  @Override
  public void start(Listener2 channel) {
    listener = channel;
    refresh();
  }

  @Override
  public void refresh() {
    if (lookingUp || stopped) {
      return;
    }
    lookingUp = true;
    cancelNext();
    lookups.execute(
        () -> {
          Map<Endpoint, List<SocketAddress>> found = lookUp();
          context.execute(() -> tell(found));
        });
  }

  private Map<Endpoint, List<SocketAddress>> lookUp() {
    Map<Endpoint, List<SocketAddress>> found = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      try {
        found.put(endpoint, endpoint.resolve());
      } catch (UnknownHostException _) {
        // It is missing in what is found.
      }
    }
    return found;
  }

  private void tell(Map<Endpoint, List<SocketAddress>> found) {
    lookingUp = false;
    if (stopped) {
      return;
    }
    known.putAll(found);
    if (!found.keySet().containsAll(endpoints)) {
      next = context.schedule(this::refresh, UNKNOWN_SECONDS, TimeUnit.SECONDS, timer);
    }
    listener.onResult2(
        ResolutionResult.newBuilder()
            .setAddressesOrError(
                known.isEmpty()
                    ? StatusOr.fromStatus(
                        Status.UNAVAILABLE.withDescription("cannot resolve any of " + hosts()))
                    : StatusOr.fromValue(groups()))
            .build());
  }

  private List<String> hosts() {
    return endpoints.stream().map(Endpoint::host).toList();
  }

  private List<EquivalentAddressGroup> groups() {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      List<SocketAddress> addresses = known.get(endpoint);
      if (addresses != null) {
        groups.add(
            new EquivalentAddressGroup(
                addresses,
                Attributes.newBuilder()
                    .set(ENDPOINT, endpoint.toString())
                    // A certificate must be for the host that is called, not for the first one.
                    .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.toString())
                    .build()));
      }
    }
    return groups;
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel();
      next = null;
    }
  }

  @Override
  public void shutdown() {
    stopped = true;
    cancelNext();
  }

  /** Stands in until the channel has started this resolver. */
  private static final class NoListener extends Listener2 {
    @Override
    public void onResult(ResolutionResult result) {}

    @Override
    public void onError(Status error) {}
  }
}

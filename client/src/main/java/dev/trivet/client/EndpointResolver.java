package dev.trivet.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Gives the balancer one address group per endpoint, marked with the endpoint's own spelling. Names
 * are looked up again whenever the balancer lost a connection. Owned by the channel's
 * synchronization context; look-ups run on virtual threads.
 */
final class EndpointResolver extends NameResolver {
  /** "host:port" as it was configured. */
  @EquivalentAddressGroup.Attr
  static final Attributes.Key<String> ENDPOINT = Attributes.Key.create("trivet-endpoint");

  private final List<Endpoint> endpoints;
  private final SynchronizationContext context;
  private final Executor lookups = task -> Thread.ofVirtual().name("trivet-resolve").start(task);
  private Listener2 listener = new NoListener();
  private boolean lookingUp;
  private boolean stopped;

  EndpointResolver(List<Endpoint> endpoints, SynchronizationContext context) {
    this.endpoints = List.copyOf(endpoints);
    this.context = context;
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
    lookups.execute(
        () -> {
          ResolutionResult result = lookUp();
          context.execute(
              () -> {
                lookingUp = false;
                if (!stopped) {
                  listener.onResult2(result);
                }
              });
        });
  }

  @Override
  public void shutdown() {
    stopped = true;
  }

  private ResolutionResult lookUp() {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      try {
        groups.add(
            new EquivalentAddressGroup(
                endpoint.resolve(),
                Attributes.newBuilder()
                    .set(ENDPOINT, endpoint.toString())
                    // A certificate must be for the host that is called, not for the first one.
                    .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.toString())
                    .build()));
      } catch (UnknownHostException e) {
        unknown.add(endpoint.host());
      }
    }
    return ResolutionResult.newBuilder()
        .setAddressesOrError(
            groups.isEmpty()
                ? StatusOr.fromStatus(
                    Status.UNAVAILABLE.withDescription("cannot resolve any of " + unknown))
                : StatusOr.fromValue(groups))
        .build();
  }

  /** Stands in until the channel has started this resolver. */
  private static final class NoListener extends Listener2 {
    @Override
    public void onResult(ResolutionResult result) {}

    @Override
    public void onError(Status error) {}
  }
}

package dev.trivet.client;

import io.grpc.CallOptions;

/**
 * Where the leader was last said to be, as "host:port", or empty. It is a hint: a call that goes
 * elsewhere is slower, never wrong. Written by the interceptor of any call, read by the balancer.
 */
final class LeaderHint {
  static final CallOptions.Key<LeaderHint> OPTION =
      CallOptions.Key.createWithDefault("trivet-leader-hint", new LeaderHint());

  private volatile String address = "";

  String address() {
    return address;
  }

  /** Takes "name=host:port" as the metadata have it; anything else means "no leader". */
  void learn(String nameAndAddress) {
    int equals = nameAndAddress.indexOf('=');
    String claimed = equals < 0 ? "" : nameAndAddress.substring(equals + 1);
    address = Endpoint.isValid(claimed) ? claimed : "";
  }

  void forget() {
    address = "";
  }
}

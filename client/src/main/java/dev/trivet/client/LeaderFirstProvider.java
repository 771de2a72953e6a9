package dev.trivet.client;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;

/** Names the policy {@link LeaderFirst}. */
final class LeaderFirstProvider extends LoadBalancerProvider {
  static final String POLICY = "trivet_leader_first";

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public int getPriority() {
    return 5;
  }

  @Override
  public String getPolicyName() {
    return POLICY;
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
    return new LeaderFirst(helper);
  }
}

package dev.trivet.client;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses among connected endpoints: the hinted leader, else the next in turn. Any thread. */
final class Picker extends SubchannelPicker {
  private final Map<String, Subchannel> byEndpoint;
  private final List<Subchannel> inTurn;
  private final AtomicInteger turn = new AtomicInteger();

  Picker(Map<String, Subchannel> byEndpoint, List<Subchannel> inTurn) {
    this.byEndpoint = Map.copyOf(byEndpoint);
    this.inTurn = List.copyOf(inTurn);
  }

  @Override
  public PickResult pickSubchannel(PickSubchannelArgs call) {
    LeaderHint hint = call.getCallOptions().getOption(LeaderHint.OPTION);
    Subchannel leader = byEndpoint.get(hint.address());
    if (leader != null) {
      return PickResult.withSubchannel(leader);
    }
    return PickResult.withSubchannel(
        inTurn.get(Math.floorMod(turn.getAndIncrement(), inTurn.size())));
  }
}

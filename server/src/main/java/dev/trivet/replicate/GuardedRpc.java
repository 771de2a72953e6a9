package dev.trivet.replicate;

import dev.trivet.peer.ClusterSecret;
import dev.trivet.peer.PeerTrust;
import dev.trivet.peer.tls.Certificates;
import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.thirdparty.io.grpc.InternalConfigurator;
import org.apache.ratis.thirdparty.io.grpc.InternalConfiguratorRegistry;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannelBuilder;

/**
 * Ratis's gRPC with guards on both sides of it: {@link IncomingCalls} and {@link OutgoingCalls}.
 * Ratis makes it by its class name, without arguments.
 */
final class GuardedRpc implements RpcType {
  /** Where Ratis's parameters hold the {@link DurableVotes}. */
  static final String VOTES = "trivet.votes";

  /** Where they hold the {@link DurableEntries}. */
  static final String ENTRIES = "trivet.entries";

  /** Where they hold the {@link Appenders}. */
  static final String APPENDERS = "trivet.appenders";

  /** Where they hold the {@link SnapshotFolders}. */
  static final String SNAPSHOTS = "trivet.snapshots";

  static {
    // There is no other way to the channels that Ratis makes.
    InternalConfiguratorRegistry.setConfigurators(
        List.of(
            new InternalConfigurator() {
              @Override
              public void configureChannelBuilder(ManagedChannelBuilder<?> channel) {
                channel.intercept(new AppendsInPlace(), new RaftPassword());
              }
            }));
  }

  GuardedRpc() {}

  @Override
  public String name() {
    return GuardedRpc.class.getName();
  }

  @Override
  public Factory newFactory(Parameters parameters) {
    return new Factory(
        parameters,
        parameters.getNonNull(VOTES, DurableVotes.class),
        parameters.getNonNull(ENTRIES, DurableEntries.class),
        parameters.getNonNull(APPENDERS, Appenders.class),
        parameters.getNonNull(SNAPSHOTS, SnapshotFolders.class));
  }

  /** How the port is opened that other nodes' Ratis calls. */
  static GrpcServices.Customizer port(ClusterSecret secret, LeaderLoss loss) {
    return (builder, _) ->
        builder
            .callExecutor(new AppendsInPlace())
            .intercept(loss)
            .intercept(new RaftPassword.Gatekeeper(secret));
  }

  /** Both ends of Ratis's connections show certificates, if there are any. */
  static void encrypt(Parameters parameters, PeerTrust trust) {
    Certificates certificates = trust.certificates();
    if (certificates != null) {
      GrpcConfigKeys.TLS.setConf(
          parameters, new GrpcTlsConfig(certificates.keys(), certificates.trust(), true));
    }
  }

  /** Makes the parts of Ratis that speak. */
  static final class Factory extends GrpcFactory {
    private final DurableVotes votes;
    private final DurableEntries entries;
    private final Appenders appenders;
    private final SnapshotFolders snapshots;

    Factory(
        Parameters parameters,
        DurableVotes votes,
        DurableEntries entries,
        Appenders appenders,
        SnapshotFolders snapshots) {
      super(parameters);
      this.votes = votes;
      this.entries = entries;
      this.appenders = appenders;
      this.snapshots = snapshots;
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      RaftServer guarded = IncomingCalls.guard(server, votes, entries, snapshots);
      appenders.receiveBy(guarded);
      return OutgoingCalls.guard(super.newRaftServerRpc(guarded), votes);
    }

    /** The appender wants Ratis's own object, which it finds behind the guard. */
    @Override
    public LogAppender newLogAppender(
        RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
      return appenders.make(
          division,
          leader,
          follower,
          OutgoingCalls.behind(division.getRaftServer().getServerRpc()));
    }
  }
}

package dev.trivet.replicate;

import dev.trivet.peer.Member;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.util.ProtoUtils;

/**
 * Members in Raft's words. A peer's id is "name@incarnation", so that a node whose disk was lost is
 * another peer and cannot vote under its old identity.
 */
final class RaftPeers {
  private static final long GROUP_LOW_BITS = 0x5472_6976_6574_0001L;

  private RaftPeers() {}

  static RaftPeerId id(Member member) {
    return RaftPeerId.valueOf(member.name() + "@" + member.incarnation());
  }

  static RaftPeer peer(Member member) {
    return RaftPeer.newBuilder()
        .setId(id(member))
        .setAddress(member.raftAddress())
        .setClientAddress(member.clientAddress())
        .setAdminAddress(member.peerAddress())
        .build();
  }

  static Member member(RaftPeer peer, Member.Role role) {
    String id = peer.getId().toString();
    int at = id.lastIndexOf('@');
    return new Member(
        id.substring(0, at),
        id.substring(at + 1),
        peer.getAddress(),
        peer.getAdminAddress(),
        peer.getClientAddress(),
        role);
  }

  static String name(RaftPeer peer) {
    String id = peer.getId().toString();
    return id.substring(0, id.lastIndexOf('@'));
  }

  /** Voters and learners by name, without those that a change under way leaves out. */
  static List<Member> members(RaftConfiguration configuration) {
    return members(
        configuration.getCurrentPeers(), configuration.getCurrentPeers(RaftPeerRole.LISTENER));
  }

  /** All that a configuration names, those that a change under way leaves out included. */
  static List<Member> membersOfBoth(RaftConfigurationProto configuration) {
    Map<RaftPeerId, RaftPeer> voters = new LinkedHashMap<>();
    Map<RaftPeerId, RaftPeer> learners = new LinkedHashMap<>();
    put(voters, configuration.getPeersList());
    put(learners, configuration.getListenersList());
    put(voters, configuration.getOldPeersList());
    put(learners, configuration.getOldListenersList());
    learners.keySet().removeAll(voters.keySet());
    return members(voters.values(), learners.values());
  }

  private static void put(Map<RaftPeerId, RaftPeer> peers, List<RaftPeerProto> added) {
    ProtoUtils.toRaftPeers(added).forEach(peer -> peers.putIfAbsent(peer.getId(), peer));
  }

  private static List<Member> members(Collection<RaftPeer> voters, Collection<RaftPeer> learners) {
    return Stream.concat(
            voters.stream().map(peer -> member(peer, Member.Role.VOTER)),
            learners.stream().map(peer -> member(peer, Member.Role.LEARNER)))
        .sorted(Comparator.comparing(Member::name).thenComparing(Member::incarnation))
        .toList();
  }

  static RaftGroup group(String clusterId, List<Member> voters) {
    UUID uuid = new UUID(Long.parseUnsignedLong(clusterId, 16), GROUP_LOW_BITS);
    return RaftGroup.valueOf(
        RaftGroupId.valueOf(uuid), voters.stream().map(RaftPeers::peer).toList());
  }
}

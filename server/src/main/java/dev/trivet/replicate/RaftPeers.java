package dev.trivet.replicate;

import dev.trivet.peer.Member;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

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

  static RaftGroup group(String clusterId, List<Member> voters) {
    UUID uuid = new UUID(Long.parseUnsignedLong(clusterId, 16), GROUP_LOW_BITS);
    return RaftGroup.valueOf(
        RaftGroupId.valueOf(uuid), voters.stream().map(RaftPeers::peer).toList());
  }
}

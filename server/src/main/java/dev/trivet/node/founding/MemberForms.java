package dev.trivet.node.founding;

import dev.trivet.peer.Member;
import dev.trivet.proto.peer.MemberAddress;
import java.util.List;

/** Members as messages. A role is not carried: the configuration in the log says it. */
final class MemberForms {
  private MemberForms() {}

  static MemberAddress write(Member member) {
    return MemberAddress.newBuilder()
        .setName(member.name())
        .setIncarnation(member.incarnation())
        .setRaftAddress(member.raftAddress())
        .setPeerAddress(member.peerAddress())
        .setClientAddress(member.clientAddress())
        .build();
  }

  static Member read(MemberAddress address) {
    return new Member(
        address.getName(),
        address.getIncarnation(),
        address.getRaftAddress(),
        address.getPeerAddress(),
        address.getClientAddress(),
        Member.Role.VOTER);
  }

  static List<MemberAddress> writeAll(List<Member> members) {
    return members.stream().map(MemberForms::write).toList();
  }

  static List<Member> readAll(List<MemberAddress> addresses) {
    return addresses.stream().map(MemberForms::read).toList();
  }
}

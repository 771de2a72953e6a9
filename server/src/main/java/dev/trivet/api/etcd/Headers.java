package dev.trivet.api.etcd;

import dev.trivet.api.edge.KnownLeader;
import dev.trivet.peer.Member;
import dev.trivet.proto.etcd.ResponseHeader;

/** What stands at the head of every answer: who answers, in which term, at which revision. */
public final class Headers {
  private final long clusterId;
  private final long memberId;
  private final KnownLeader leader;

  /**
   * For all answers of one node.
   *
   * @param clusterId 16 hexadecimal digits
   */
  public Headers(String clusterId, Member self, KnownLeader leader) {
    this.clusterId = Long.parseUnsignedLong(clusterId, 16);
    this.memberId = self.id();
    this.leader = leader;
  }

  public ResponseHeader of(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(clusterId)
        .setMemberId(memberId)
        .setRaftTerm(leader.term())
        .setRevision(revision)
        .build();
  }

  /** The same for a header that has only a revision yet. */
  ResponseHeader complete(ResponseHeader header) {
    return of(header.getRevision());
  }

  /** For answers that are not about keys. */
  ResponseHeader withoutRevision() {
    return of(0);
  }
}

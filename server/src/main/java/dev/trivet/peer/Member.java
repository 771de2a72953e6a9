package dev.trivet.peer;

/**
 * One node of the cluster under one incarnation.
 *
 * @param name what people call it; unique among members
 * @param incarnation 16 hexadecimal digits, random, made when its data folder was born
 * @param raftAddress host:port of Raft's own server
 * @param peerAddress host:port of the peer services
 * @param clientAddress host:port that clients reach
 */
public record Member(
    String name,
    String incarnation,
    String raftAddress,
    String peerAddress,
    String clientAddress,
    Role role) {
  /** What a member is in the configuration in force. */
  public enum Role {
    VOTER,
    LEARNER
  }

  public Member {
    if (name.isEmpty()
        || name.length() > 64
        || !name.chars()
            .allMatch(c -> c == '-' || c == '.' || c == '_' || Character.isLetterOrDigit(c))) {
      throw new IllegalArgumentException(
          "a member's name has 1 to 64 letters, digits, '-', '_' or '.': got '" + name + "'");
    }
    if (!incarnation.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException(
          "an incarnation has 16 hexadecimal digits: got '" + incarnation + "'");
    }
  }

  /** The member's number in etcd's API: its incarnation, which is never 0. */
  public long id() {
    return Long.parseUnsignedLong(incarnation, 16);
  }
}

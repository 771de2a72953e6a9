package dev.trivet.errors;

/**
 * Texts that etcd has besides {@link ErrorCode#text} for what is one row here: its clients, and
 * people, read them.
 *
 * <p>Source: etcd's {@code rpctypes}.
 */
public final class EtcdTexts {
  /** Of {@code NO_LEADER}: there is one again, and what was asked for was dropped. */
  public static final String LEADER_CHANGED = "etcdserver: leader changed";

  /** Of {@code NO_LEADER}: this node has no vote, and etcd's do not serve then. */
  public static final String LEARNER = "etcdserver: rpc not supported for learner";

  /** Of {@code OUTCOME_UNKNOWN}: another leader came meanwhile. */
  public static final String TIMED_OUT_WITH_LEADER =
      "etcdserver: request timed out, possibly due to previous leader failure";

  /** Of {@code OUTCOME_UNKNOWN}: a leader waits for the others. */
  public static final String TIMED_OUT_WITH_CONNECTION =
      "etcdserver: request timed out, possibly due to connection lost";

  private EtcdTexts() {}

  /** Whether a message is the text of a row, or another that etcd has for it. */
  public static boolean areOf(ErrorCode code, String message) {
    return message.equals(code.text())
        || switch (code) {
          case NO_LEADER -> message.equals(LEADER_CHANGED) || message.equals(LEARNER);
          case OUTCOME_UNKNOWN ->
              message.equals(TIMED_OUT_WITH_LEADER) || message.equals(TIMED_OUT_WITH_CONNECTION);
          default -> false;
        };
  }
}

package dev.trivet.state.entry;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.trivet.errors.ErrorCode;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;

/** Numbers that the state keeps for itself; each is a row of the table of marks. */
public enum Counter {
  /** The key space's revision; a fresh store has 1, one that is being restored 0. */
  REVISION("revision", 1),
  /** Revisions below this one are gone. */
  COMPACTED_REVISION("compacted", 0),
  /** The last object version given. */
  OBJECT_VERSION("object-version", 0),
  /** The last volume id given. */
  VOLUME_ID("volume-id", 0),
  /** How many volumes there are. */
  VOLUME_COUNT("volume-count", 0),
  /** The latest entry time seen, milliseconds since the epoch. */
  LOG_TIME("log-time", 0),
  /** The last term that took leadership: only this term may expire leases and sessions. */
  LEADERSHIP_TERM("leadership-term", 0),
  /** How many leases were ever granted. */
  LEASE_GRANTS("lease-grants", 0),
  /** The snapshot that is being restored, or was; 0 for none. While it is, the revision is 0. */
  RESTORED_SNAPSHOT("restored-snapshot", 0),
  /** How many members say that they have no space. */
  SPACE_ALARMS("space-alarms", 0),
  /** How many members are said to be corrupt. */
  CORRUPT_ALARMS("corrupt-alarms", 0),
  /** 1 while who asks must say so. */
  AUTH_ENABLED("auth-enabled", 0),
  /** Counts the changes of users, roles and permissions, as etcd does. */
  AUTH_REVISION("auth-revision", 1),
  /** How many users, roles and tokens there are. */
  AUTH_USERS("auth-users", 0),
  AUTH_ROLES("auth-roles", 0),
  AUTH_TOKENS("auth-tokens", 0),
  /** The last token id given. */
  AUTH_TOKEN_ID("auth-token-id", 0),
  /** How many clients' requests are remembered. */
  REQUEST_CLIENTS("request-clients", 0);

  @SuppressWarnings(
      "ImmutableEnumChecker") // Filled once, in the constructor, and never handed out to be
  // written.
  private final byte[] key;

  private final long initial;

  Counter(String name, long initial) {
    this.key = name.getBytes(US_ASCII);
    this.initial = initial;
  }

  /** The counter's value in a view or batch. */
  public long in(Rows rows) {
    byte[] row = rows.get(Table.META, key);
    return row == null ? initial : ByteBuffer.wrap(row).getLong();
  }

  /**
   * The key space's revision, for who reads or writes keys.
   *
   * @throws dev.trivet.errors.TrivetException RESTORING while it has none
   */
  public static long readableRevision(Rows rows) {
    long revision = REVISION.in(rows);
    if (revision == 0) {
      throw ErrorCode.RESTORING.exception();
    }
    return revision;
  }

  byte[] key() {
    return key;
  }
}

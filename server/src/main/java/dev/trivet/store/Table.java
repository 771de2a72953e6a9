package dev.trivet.store;

/**
 * Every table of a node. The identifier is part of the state hash and the name is the column
 * family's: neither is ever changed or used again.
 */
public enum Table {
  /** Counters and marks of the state: revision, compacted revision, log time. */
  META(1, "meta", Kind.REPLICATED),
  /** Key to its newest value: one lookup for a latest read. */
  CURRENT(2, "current", Kind.REPLICATED),
  /** Key and revision to the version that revision made, a tombstone included. */
  HISTORY(3, "history", Kind.REPLICATED),
  /** Revision and sub-revision to key: watch catch-up and compaction walk it. */
  REVISIONS(4, "revisions", Kind.REPLICATED),
  /** Lease id to lease. */
  LEASE(5, "lease", Kind.REPLICATED),
  /** Lease id and key: what hangs on a lease. */
  LEASE_KEY(6, "lease-key", Kind.REPLICATED),
  /** Due time and id, of leases and sessions: what expires next comes first. */
  DUE(7, "due", Kind.REPLICATED),
  BUCKET(10, "bucket", Kind.REPLICATED),
  /** Bucket and key to manifest. */
  OBJECT(11, "object", Kind.REPLICATED),
  /** Object version to the bytes of an inline blob. */
  INLINE(12, "inline", Kind.REPLICATED_LARGE),
  /** Extent id to size and reference count. */
  EXTENT(13, "extent", Kind.REPLICATED),
  /** Time and extent id of extents whose last reference is gone. */
  GARBAGE(14, "garbage", Kind.REPLICATED),
  /** Volume id to volume. */
  VOLUME(20, "volume", Kind.REPLICATED),
  /** Volume name to volume id. */
  VOLUME_NAME(21, "volume-name", Kind.REPLICATED),
  /** Volume and inode number to attributes. */
  INODE(22, "inode", Kind.REPLICATED),
  /** Volume, directory inode and name to inode number. */
  DENTRY(23, "dentry", Kind.REPLICATED),
  /** Volume, inode and offset to slice. */
  SLICE(24, "slice", Kind.REPLICATED_LARGE),
  /** Volume and inode that has no link any more but is held open. */
  ORPHAN(25, "orphan", Kind.REPLICATED),
  SESSION(26, "session", Kind.REPLICATED),
  /** Session id to its last numbered mutation and the answer. */
  SESSION_ANSWER(27, "session-answer", Kind.REPLICATED),
  /** What of volumes is to be removed in steps: volume, kind and number to where to go on. */
  SWEEP(28, "sweep", Kind.REPLICATED),
  /** Member id to a place that is kept for a node. */
  PLACE(29, "place", Kind.REPLICATED),
  /** Clients that number their requests, when each is forgotten, and the last answers to each. */
  REQUEST(30, "request", Kind.REPLICATED),
  /** User name to password and roles. */
  AUTH_USER(34, "auth-user", Kind.REPLICATED),
  /** Role name to permissions. */
  AUTH_ROLE(35, "auth-role", Kind.REPLICATED),
  /** Token id to user and expiry. */
  AUTH_TOKEN(36, "auth-token", Kind.REPLICATED),
  /** This node's own: applied index and state hash, written by the store itself. */
  LOCAL(40, "local", Kind.NODE_LOCAL),
  /** This node's own: extents that the state names and this node does not hold. */
  MISSING(41, "missing", Kind.NODE_LOCAL);

  enum Kind {
    REPLICATED,
    /** Values may be large: kept in blob files beside the sorted tables. */
    REPLICATED_LARGE,
    /** Differs from node to node, outside the state hash, dropped when a snapshot is installed. */
    NODE_LOCAL
  }

  private final int id;
  private final String familyName;
  private final Kind kind;

  Table(int id, String familyName, Kind kind) {
    this.id = id;
    this.familyName = familyName;
    this.kind = kind;
  }

  int id() {
    return id;
  }

  /** What the table is called in files. */
  public String familyName() {
    return familyName;
  }

  boolean isHashed() {
    return kind != Kind.NODE_LOCAL;
  }

  boolean hasLargeValues() {
    return kind == Kind.REPLICATED_LARGE;
  }
}

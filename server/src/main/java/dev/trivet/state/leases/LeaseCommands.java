package dev.trivet.state.leases;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseRevokeResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.LeaseRecord;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.auth.AuthTokens;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.keys.Compaction;
import dev.trivet.state.keys.KeyWriter;
import dev.trivet.state.volumes.SessionCommands;
import dev.trivet.state.volumes.Sweep;
import dev.trivet.store.Table;

/**
 * Leases by the log's time.
 *
 * <p>Invariant: every lease has exactly one row in the table of what is due, at its expiry.
 */
public final class LeaseCommands {
  /** As etcd with its default election time-out: shorter ones are granted this long. */
  static final long MIN_TTL_SECONDS = 2;

  static final long MAX_TTL_SECONDS = 9_000_000_000L;

  private LeaseCommands() {}

  public static Outcome grant(EntryContext context, LeaseGrantRequest request) {
    if (request.getTTL() > MAX_TTL_SECONDS) {
      return EntryContext.refuse(ErrorCode.LEASE_TTL_TOO_LARGE);
    }
    if (LeaseRows.find(context.rows(), request.getID()) != null) {
      return EntryContext.refuse(ErrorCode.LEASE_EXISTS);
    }
    long ttl = Math.max(MIN_TTL_SECONDS, request.getTTL());
    write(context, LeaseRecord.newBuilder().setId(request.getID()).setTtlSeconds(ttl).build());
    return Outcome.newBuilder()
        .setLeaseGrant(
            LeaseGrantResponse.newBuilder()
                .setHeader(header(context))
                .setID(request.getID())
                .setTTL(ttl))
        .build();
  }

  public static Outcome revoke(EntryContext context, LeaseRevokeRequest request) {
    LeaseRecord lease = LeaseRows.find(context.rows(), request.getID());
    if (lease == null) {
      return EntryContext.refuse(ErrorCode.LEASE_NOT_FOUND);
    }
    end(context, lease);
    return Outcome.newBuilder()
        .setLeaseRevoke(LeaseRevokeResponse.newBuilder().setHeader(header(context)))
        .build();
  }

  /** Renews; an unknown lease is answered with a time to live of 0, which is no error. */
  public static Outcome renew(EntryContext context, LeaseKeepAliveRequest request) {
    LeaseKeepAliveResponse.Builder response =
        LeaseKeepAliveResponse.newBuilder().setHeader(header(context)).setID(request.getID());
    LeaseRecord lease = LeaseRows.find(context.rows(), request.getID());
    if (lease != null) {
      write(context, lease);
      response.setTTL(lease.getTtlSeconds());
    }
    return Outcome.newBuilder().setLeaseRenew(response).build();
  }

  /**
   * Gives every lease and session its full time again: their holders could not renew while there
   * was no leader.
   */
  public static Outcome takeLeadership(EntryContext context) {
    RestoredLeases.restart(context);
    SessionCommands.extendAll(context);
    context.set(Counter.LEADERSHIP_TERM, context.position().term());
    return done();
  }

  /** Ends what is due, and does a step of what compactions and deleted files left to do. */
  public static Outcome expireDue(EntryContext context, ExpireDue command) {
    if (context.get(Counter.LEADERSHIP_TERM) != context.position().term()) {
      return EntryContext.refuse(
          ErrorCode.NOT_LEADER,
          "term "
              + context.position().term()
              + " has not taken leadership: the last that did is "
              + context.get(Counter.LEADERSHIP_TERM));
    }
    for (DueTable.Due due :
        DueTable.dueBy(context.rows(), context.timeMillis(), command.getLimit())) {
      switch (due.kind()) {
        case LEASE -> {
          if (context.get(Counter.REVISION) == 0) {
            // Being restored: its keys are not all there yet, and its time begins at the end.
            continue;
          }
          LeaseRecord lease = LeaseRows.find(context.rows(), due.id());
          if (lease == null) {
            throw new IllegalStateException("lease " + due.id() + " is due and does not exist");
          }
          end(context, lease);
        }
        case SESSION -> SessionCommands.expire(context, due.id());
        case TOKEN -> AuthTokens.expire(context, due.id());
      }
    }
    Compaction.step(context);
    Sweep.step(context, command.getLimit());
    return done();
  }

  /** The lease and all its keys go in one revision. */
  private static void end(EntryContext context, LeaseRecord lease) {
    KeyWriter writer = new KeyWriter(context);
    LeaseRows.keysOf(context.rows(), lease.getId()).forEach(writer::delete);
    writer.finish();
    context.rows().delete(Table.LEASE, LeaseRows.rowKey(lease.getId()));
    DueTable.remove(context, DueTable.Kind.LEASE, lease.getId(), lease.getExpiresMillis());
  }

  /** Writes the lease with its full time from now on. */
  static void write(EntryContext context, LeaseRecord lease) {
    long expires = context.timeMillis() + lease.getTtlSeconds() * 1000;
    DueTable.set(context, DueTable.Kind.LEASE, lease.getId(), lease.getExpiresMillis(), expires);
    LeaseRecord renewed = lease.toBuilder().setExpiresMillis(expires).build();
    context.rows().put(Table.LEASE, LeaseRows.rowKey(lease.getId()), renewed.toByteArray());
  }

  private static ResponseHeader header(EntryContext context) {
    return ResponseHeader.newBuilder().setRevision(context.get(Counter.REVISION)).build();
  }

  private static Outcome done() {
    return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
  }
}

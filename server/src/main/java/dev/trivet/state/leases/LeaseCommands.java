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
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.LeaseRecord;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.OverdueLease;
import dev.trivet.state.auth.AuthTokens;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.keys.Compaction;
import dev.trivet.state.keys.KeyWriter;
import dev.trivet.state.volumes.SessionCommands;
import dev.trivet.state.volumes.Sweep;
import dev.trivet.store.Table;

/**
 * Leases: which there are, and what hangs on them. When one is over is not decided here: the leader
 * keeps the times of renewals in its memory ({@code dev.trivet.lessor}, where the argument is) and
 * names in a command what it found overdue.
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
    write(
        context,
        LeaseRecord.newBuilder()
            .setId(request.getID())
            .setTtlSeconds(ttl)
            .setGrant(context.next(Counter.LEASE_GRANTS))
            .build());
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

  /**
   * What earlier versions wrote to the log for each renewal. It changes nothing any more; an
   * unknown lease is answered with a time to live of 0, which is no error.
   */
  public static Outcome renew(EntryContext context, LeaseKeepAliveRequest request) {
    LeaseKeepAliveResponse.Builder response =
        LeaseKeepAliveResponse.newBuilder().setHeader(header(context)).setID(request.getID());
    LeaseRecord lease = LeaseRows.find(context.rows(), request.getID());
    if (lease != null) {
      response.setTTL(lease.getTtlSeconds());
    }
    return Outcome.newBuilder().setLeaseRenew(response).build();
  }

  /**
   * Gives every session its full time again: its holder could not renew while there was no leader.
   * Leases are not touched: the new leader counts their full time from when it first saw them.
   */
  public static Outcome takeLeadership(EntryContext context) {
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
        // Of an earlier version.
        case LEASE -> DueTable.remove(context, DueTable.Kind.LEASE, due.id(), due.expiryMillis());
        case SESSION -> SessionCommands.expire(context, due.id());
        case TOKEN -> AuthTokens.expire(context, due.id());
      }
    }
    Compaction.step(context);
    Sweep.step(context, command.getLimit());
    return done();
  }

  /**
   * Ends the leases that the leader of a term named, as far as they still are what it saw.
   *
   * <p>An entry's term is that of the leader that made it: in another term's entry the judgement is
   * of a leader that was deposed, and its successor may have answered renewals since. That this
   * term has taken leadership need not be asked, as for sessions: its leader counts from when it
   * first read the leases, which was after its election, and so after every renewal that an earlier
   * leader answered.
   */
  public static Outcome expireLeases(EntryContext context, ExpireLeases command) {
    long term = context.position().term();
    if (command.getTerm() != term) {
      return EntryContext.refuse(
          ErrorCode.NOT_LEADER,
          "term %d judged, the entry is of term %d".formatted(command.getTerm(), term));
    }
    for (OverdueLease overdue : command.getLeasesList()) {
      LeaseRecord lease = LeaseRows.find(context.rows(), overdue.getId());
      if (lease != null && lease.getGrant() == overdue.getGrant()) {
        end(context, lease);
      }
    }
    return done();
  }

  /** The lease and all its keys go in one revision. */
  private static void end(EntryContext context, LeaseRecord lease) {
    KeyWriter writer = new KeyWriter(context);
    LeaseRows.keysOf(context.rows(), lease.getId()).forEach(writer::delete);
    writer.finish();
    context.rows().delete(Table.LEASE, LeaseRows.rowKey(lease.getId()));
    context.tell(new Change.LeaseEnded(lease.getId()));
  }

  static void write(EntryContext context, LeaseRecord lease) {
    context.rows().put(Table.LEASE, LeaseRows.rowKey(lease.getId()), lease.toByteArray());
    context.tell(new Change.LeaseGranted(lease.getId(), lease.getGrant(), lease.getTtlSeconds()));
  }

  private static ResponseHeader header(EntryContext context) {
    return ResponseHeader.newBuilder().setRevision(context.get(Counter.REVISION)).build();
  }

  private static Outcome done() {
    return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
  }
}

package dev.trivet.state.leases;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.EntryContext;

/** Leases, and what is due. */
public final class LeaseCommands {
  private LeaseCommands() {}

  public static Outcome grant(EntryContext context, LeaseGrantRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome revoke(EntryContext context, LeaseRevokeRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome renew(EntryContext context, LeaseKeepAliveRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome takeLeadership(EntryContext context) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome expireDue(EntryContext context, ExpireDue command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }
}

package dev.trivet.state.auth;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.Command;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.Rows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges requests by {@link AccessRules}: for every key that a request touches or tells of, the
 * permission is needed, whichever branch of a transaction will run. All methods say why not, or
 * null: nothing against it.
 */
public final class Permissions {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final AccessRules rules;
  private final Rows rows;
  private final Asker asker;

  private Permissions(AccessRules rules, Rows rows, Asker asker) {
    this.rules = rules;
    this.rows = rows;
    this.asker = asker;
  }

  /** Whether a command may be applied to these rows. */
  public static @Nullable ErrorCode refuse(AccessRules rules, Rows rows, Command command) {
    return rules.isEnabled()
        ? new Permissions(rules, rows, command.getAskedBy()).judge(command)
        : null;
  }

  /** Whether a transaction that only reads may read these rows. */
  public static @Nullable ErrorCode refuseReads(
      AccessRules rules, Rows rows, Asker asker, TxnRequest request) {
    return rules.isEnabled() ? new Permissions(rules, rows, asker).judge(request) : null;
  }

  /** Whether the keys on a lease may be told of. */
  public static @Nullable ErrorCode refuseKeysOf(
      AccessRules rules, Rows rows, Asker asker, long lease) {
    return rules.isEnabled()
        ? new Permissions(rules, rows, asker).judgeLease(lease, rules::refuseRead)
        : null;
  }

  /** Whether a lease may be renewed, and so everything on it be kept. */
  public static @Nullable ErrorCode refuseRenewal(
      AccessRules rules, Rows rows, Asker asker, long lease) {
    return rules.isEnabled()
        ? new Permissions(rules, rows, asker).judgeLease(lease, rules::refuseWrite)
        : null;
  }

  private @Nullable ErrorCode judge(Command command) {
    return switch (command.getKindCase()) {
      case PUT -> judge(command.getPut());
      case DELETE_RANGE -> judge(command.getDeleteRange());
      case TXN -> judge(command.getTxn());
      case LEASE_REVOKE -> judgeLease(command.getLeaseRevoke().getID(), rules::refuseWrite);
      case LEASE_RENEW -> judgeLease(command.getLeaseRenew().getID(), rules::refuseWrite);
      case LEASE_GRANT,
          CREATE_BUCKET,
          DELETE_BUCKET,
          COMMIT_MANIFEST,
          DELETE_OBJECT,
          CREATE_VOLUME,
          DELETE_VOLUME,
          OPEN_SESSION,
          RENEW_SESSION,
          CLOSE_SESSION,
          MUTATE_VOLUME ->
          rules.refuseUser(asker);
      case COMPACT,
          KEEP_PLACE,
          AUTH_ENABLE,
          AUTH_DISABLE,
          ADD_USER,
          DELETE_USER,
          CHANGE_PASSWORD,
          GRANT_ROLE,
          REVOKE_ROLE,
          ADD_ROLE,
          DELETE_ROLE,
          GRANT_PERMISSION,
          REVOKE_PERMISSION ->
          rules.refuseRoot(asker);
      // The end of a restore brings the snapshot's users. Told again, it does nothing.
      case RESTORE ->
          command.getRestore().hasEnd() && isRestored(command.getRestore().getEnd().getId())
              ? null
              : rules.refuseRoot(asker);
      // What nodes propose of their own accord, or after they have seen a password.
      case TAKE_LEADERSHIP,
          EXPIRE_DUE,
          EXPIRE_LEASES,
          SPACE_ALARM,
          DROP_GARBAGE,
          GIVE_UP_PLACE,
          ISSUE_TOKEN,
          RENEW_TOKEN ->
          null;
      case KIND_NOT_SET -> null;
    };
  }

  private boolean isRestored(long snapshot) {
    return Counter.RESTORED_SNAPSHOT.in(rows) == snapshot && Counter.REVISION.in(rows) != 0;
  }

  private @Nullable ErrorCode judge(PutRequest request) {
    ErrorCode refusal = rules.refuseWrite(asker, request.getKey(), ByteString.EMPTY);
    // Who hangs a key on a lease that others may end, or ends others' keys with it, needs them all.
    if (refusal == null && request.getLease() != 0) {
      refusal = judgeLease(request.getLease(), rules::refuseWrite);
    }
    if (refusal == null && request.getPrevKv()) {
      refusal = rules.refuseRead(asker, request.getKey(), ByteString.EMPTY);
    }
    return refusal;
  }

  private @Nullable ErrorCode judge(DeleteRangeRequest request) {
    ErrorCode refusal = rules.refuseWrite(asker, request.getKey(), request.getRangeEnd());
    return refusal == null && request.getPrevKv()
        ? rules.refuseRead(asker, request.getKey(), request.getRangeEnd())
        : refusal;
  }

  private @Nullable ErrorCode judge(TxnRequest request) {
    // One without operations touches no key, and still tells the revision.
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    for (Compare compare : request.getCompareList()) {
      ErrorCode refusal = rules.refuseRead(asker, compare.getKey(), compare.getRangeEnd());
      if (refusal != null) {
        return refusal;
      }
    }
    ErrorCode refusal = judge(request.getSuccessList());
    return refusal == null ? judge(request.getFailureList()) : refusal;
  }

  private @Nullable ErrorCode judge(List<RequestOp> operations) {
    for (RequestOp operation : operations) {
      ErrorCode refusal =
          switch (operation.getRequestCase()) {
            case REQUEST_RANGE ->
                rules.refuseRead(
                    asker,
                    operation.getRequestRange().getKey(),
                    operation.getRequestRange().getRangeEnd());
            case REQUEST_PUT -> judge(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> judge(operation.getRequestDeleteRange());
            case REQUEST_TXN -> judge(operation.getRequestTxn());
            case REQUEST_NOT_SET -> null;
          };
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private interface Range {
    @Nullable ErrorCode refuse(Asker asker, ByteString key, ByteString end);
  }

  private @Nullable ErrorCode judgeLease(long lease, Range range) {
    ErrorCode stranger = rules.refuseUser(asker);
    if (stranger != null || rules.refuseRoot(asker) == null) {
      return stranger;
    }
    LeaseQueries.Bounds bounds = LeaseQueries.boundsOf(rows, lease);
    if (bounds == null) {
      return null;
    }
    // A lease may have very many keys; most often one permission holds them all.
    if (range.refuse(asker, bounds.first(), bounds.last().concat(ZERO)) == null) {
      return null;
    }
    for (ByteString key : LeaseQueries.keysOf(rows, lease)) {
      ErrorCode refusal = range.refuse(asker, key, ByteString.EMPTY);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }
}

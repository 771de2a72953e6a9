package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.EntryContext;

/** The key space as etcd's v3 API defines it. */
public final class KeyCommands {
  private KeyCommands() {}

  public static Outcome put(EntryContext context, PutRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome deleteRange(EntryContext context, DeleteRangeRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome txn(EntryContext context, TxnRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome compact(EntryContext context, CompactionRequest request) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }
}

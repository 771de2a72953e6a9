package dev.trivet.state.keys;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.CompactionResponse;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the key space. Answers carry the revision in their header; who answers a client fills
 * in the rest of it.
 *
 * <p>Source: etcd API reference, services KV and Compact.
 */
public final class KeyCommands {
  private KeyCommands() {}

  public static Outcome put(EntryContext context, PutRequest request) {
    try {
      KeyRequests.check(request);
      KeyWriter writer = new KeyWriter(context);
      PutResponse response = put(writer, request);
      writer.finish();
      return Outcome.newBuilder().setPut(response).build();
    } catch (TrivetException refusal) {
      return EntryContext.refuse(refusal.code(), text(refusal));
    }
  }

  public static Outcome deleteRange(EntryContext context, DeleteRangeRequest request) {
    try {
      KeyRequests.check(request);
    } catch (TrivetException refusal) {
      return EntryContext.refuse(refusal.code(), text(refusal));
    }
    KeyWriter writer = new KeyWriter(context);
    DeleteRangeResponse response = deleteRange(writer, request);
    writer.finish();
    return Outcome.newBuilder().setDeleteRange(response).build();
  }

  public static Outcome txn(EntryContext context, TxnRequest request) {
    context.savepoint();
    try {
      KeyRequests.check(request);
      return Outcome.newBuilder().setTxn(Transaction.apply(context, request)).build();
    } catch (TrivetException refusal) {
      context.rollback();
      return EntryContext.refuse(refusal.code(), text(refusal));
    }
  }

  /**
   * Gives up all revisions below one. What that frees is removed in steps: here the first, the
   * others by {@link Compaction}.
   */
  public static Outcome compact(EntryContext context, CompactionRequest request) {
    long revision = request.getRevision();
    if (revision <= context.get(Counter.COMPACTED_REVISION)) {
      return EntryContext.refuse(ErrorCode.COMPACTED);
    }
    if (revision > context.get(Counter.REVISION)) {
      return EntryContext.refuse(ErrorCode.FUTURE_REVISION);
    }
    context.set(Counter.COMPACTED_REVISION, revision);
    context.tell(new Change.Compacted(revision));
    Compaction.step(context);
    return Outcome.newBuilder()
        .setCompact(
            CompactionResponse.newBuilder().setHeader(header(context.get(Counter.REVISION))))
        .build();
  }

  static PutResponse put(KeyWriter writer, PutRequest request) {
    @Nullable KeyRow before = writer.put(request);
    PutResponse.Builder response = PutResponse.newBuilder().setHeader(header(writer.revision()));
    if (request.getPrevKv() && before != null) {
      response.setPrevKv(before.toKeyValue(request.getKey(), true));
    }
    return response.build();
  }

  static DeleteRangeResponse deleteRange(KeyWriter writer, DeleteRangeRequest request) {
    List<KeyValue> deleted = writer.delete(KeyRange.of(request.getKey(), request.getRangeEnd()));
    DeleteRangeResponse.Builder response =
        DeleteRangeResponse.newBuilder()
            .setDeleted(deleted.size())
            .setHeader(header(writer.revision()));
    if (request.getPrevKv()) {
      response.addAllPrevKvs(deleted);
    }
    return response.build();
  }

  static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  private static String text(TrivetException refusal) {
    String message = refusal.getMessage();
    return message == null ? refusal.code().text() : message;
  }
}

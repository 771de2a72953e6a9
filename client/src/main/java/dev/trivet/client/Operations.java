package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.List;

/** What a transaction may do. */
public final class Operations {
  private Operations() {}

  public static RequestOp put(ByteString key, ByteString value) {
    return put(PutRequest.newBuilder().setKey(key).setValue(value).build());
  }

  public static RequestOp put(PutRequest request) {
    return RequestOp.newBuilder().setRequestPut(request).build();
  }

  public static RequestOp delete(ByteString key) {
    return delete(DeleteRangeRequest.newBuilder().setKey(key).build());
  }

  public static RequestOp delete(DeleteRangeRequest request) {
    return RequestOp.newBuilder().setRequestDeleteRange(request).build();
  }

  public static RequestOp get(Query query) {
    return RequestOp.newBuilder().setRequestRange(query.toRequest()).build();
  }

  /** A transaction within: its compares are judged before the outer one has written anything. */
  public static RequestOp txn(TxnRequest request) {
    return RequestOp.newBuilder().setRequestTxn(request).build();
  }

  static boolean isReadOnly(TxnRequest request) {
    return isReadOnly(request.getSuccessList()) && isReadOnly(request.getFailureList());
  }

  private static boolean isReadOnly(List<RequestOp> operations) {
    return operations.stream()
        .allMatch(
            operation ->
                operation.hasRequestRange()
                    || (operation.hasRequestTxn() && isReadOnly(operation.getRequestTxn())));
  }
}

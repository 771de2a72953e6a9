package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What can be said of a request without looking at any row. All methods throw {@link
 * dev.trivet.errors.TrivetException}.
 */
public final class KeyRequests {
  private KeyRequests() {}

  public static void check(PutRequest request) {
    requireKey(request.getKey());
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      throw ErrorCode.VALUE_PROVIDED.exception();
    }
    if (request.getIgnoreLease() && request.getLease() != 0) {
      throw ErrorCode.LEASE_PROVIDED.exception();
    }
  }

  public static void check(DeleteRangeRequest request) {
    requireKey(request.getKey());
  }

  public static void check(RangeRequest request) {
    requireKey(request.getKey());
    if (request.getSortOrder() == RangeRequest.SortOrder.UNRECOGNIZED
        || request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED) {
      throw ErrorCode.INVALID_SORT_OPTION.exception();
    }
  }

  /** Without a limit of its operations, which may differ from node to node. */
  public static void check(TxnRequest request) {
    checkForm(request);
    Writes.of(request.getSuccessList());
    Writes.of(request.getFailureList());
  }

  /**
   * The longest of a transaction's lists; those of a nested one come on top of the one it is in.
   */
  public static void checkOperations(TxnRequest request, int limit) {
    int most =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (most > limit) {
      throw ErrorCode.TOO_MANY_OPERATIONS.exception();
    }
    for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (RequestOp operation : branch) {
        if (operation.hasRequestTxn()) {
          checkOperations(operation.getRequestTxn(), limit - most);
        }
      }
    }
  }

  private static void checkForm(TxnRequest request) {
    request.getCompareList().forEach(compare -> requireKey(compare.getKey()));
    for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (RequestOp operation : branch) {
        switch (operation.getRequestCase()) {
          case REQUEST_RANGE -> check(operation.getRequestRange());
          case REQUEST_PUT -> check(operation.getRequestPut());
          case REQUEST_DELETE_RANGE -> check(operation.getRequestDeleteRange());
          case REQUEST_TXN -> checkForm(operation.getRequestTxn());
          case REQUEST_NOT_SET -> throw ErrorCode.KEY_NOT_FOUND.exception();
        }
      }
    }
  }

  private static void requireKey(ByteString key) {
    if (key.isEmpty()) {
      throw ErrorCode.EMPTY_KEY.exception();
    }
  }

  /**
   * What a list of operations may write. A key is put at most once, and not put and deleted; the
   * two branches of a nested transaction do not meet, since only one of them runs.
   */
  private static final class Writes {
    private final Set<ByteString> puts = new HashSet<>();
    private final List<KeyRange> deletes = new ArrayList<>();

    static Writes of(List<RequestOp> operations) {
      Writes writes = new Writes();
      for (RequestOp operation : operations) {
        Writes more = new Writes();
        switch (operation.getRequestCase()) {
          case REQUEST_PUT -> more.puts.add(operation.getRequestPut().getKey());
          case REQUEST_DELETE_RANGE ->
              more.deletes.add(
                  KeyRange.of(
                      operation.getRequestDeleteRange().getKey(),
                      operation.getRequestDeleteRange().getRangeEnd()));
          case REQUEST_TXN -> {
            more.join(of(operation.getRequestTxn().getSuccessList()));
            more.join(of(operation.getRequestTxn().getFailureList()));
          }
          case REQUEST_RANGE, REQUEST_NOT_SET -> {}
        }
        writes.requireApart(more);
        writes.join(more);
      }
      return writes;
    }

    private void join(Writes more) {
      puts.addAll(more.puts);
      deletes.addAll(more.deletes);
    }

    private void requireApart(Writes more) {
      boolean isPutTwice = more.puts.stream().anyMatch(puts::contains);
      if (isPutTwice || meets(more.puts, deletes) || meets(puts, more.deletes)) {
        throw ErrorCode.DUPLICATE_KEY.exception();
      }
    }

    private static boolean meets(Set<ByteString> keys, List<KeyRange> ranges) {
      return ranges.stream()
          .anyMatch(range -> keys.stream().anyMatch(key -> range.contains(key.toByteArray())));
    }
  }
}

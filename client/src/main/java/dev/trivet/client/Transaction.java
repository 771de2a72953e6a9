package dev.trivet.client;

import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import java.util.concurrent.CompletableFuture;

/**
 * A transaction in the making: if all compares hold, the operations of {@code then}, else those of
 * {@code orElse}; in one revision. Compares are made by {@link Compares}, operations by {@link
 * Operations}. Each method adds. One thread.
 *
 * <pre>{@code
 * client.keys().txn()
 *     .when(Compares.modRevision(key).equalTo(seen))
 *     .then(Operations.put(key, value))
 *     .orElse(Operations.get(Query.key(key)))
 *     .commit();
 * }</pre>
 */
public final class Transaction {
  private final AsyncKeys keys;
  private final TxnRequest.Builder request = TxnRequest.newBuilder();

  Transaction(AsyncKeys keys) {
    this.keys = keys;
  }

  /**
   * What must hold. A write that must not happen after a lock was lost has the lock's guard here:
   * see {@code dev.trivet.locks.Held#guard}.
   */
  public Transaction when(Compare... compares) {
    for (Compare compare : compares) {
      request.addCompare(compare);
    }
    return this;
  }

  public Transaction then(RequestOp... operations) {
    for (RequestOp operation : operations) {
      request.addSuccess(operation);
    }
    return this;
  }

  public Transaction orElse(RequestOp... operations) {
    for (RequestOp operation : operations) {
      request.addFailure(operation);
    }
    return this;
  }

  /** As an operation of another transaction. */
  public RequestOp nested() {
    return Operations.txn(toRequest());
  }

  /** The message that says it. */
  public TxnRequest toRequest() {
    return request.build();
  }

  /** {@code succeeded} in the answer tells whether the compares held. Blocks. */
  public TxnResponse commit() {
    return Waiting.on(commitAsync());
  }

  public CompletableFuture<TxnResponse> commitAsync() {
    return keys.txn(toRequest());
  }
}

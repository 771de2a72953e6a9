package dev.trivet.locks;

import com.google.protobuf.ByteString;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.PutRequest;
import java.util.concurrent.CompletableFuture;

/** The leader's side of an election, while it leads. {@link Held} says what token and guard are. */
public final class Leading implements AutoCloseable {
  private final TrivetClient client;
  private final Held held;
  private final long leaseId;

  Leading(TrivetClient client, Held held, long leaseId) {
    this.client = client;
    this.held = held;
    this.leaseId = leaseId;
  }

  /** Rises with every leader of this election. */
  public long token() {
    return held.token();
  }

  public ByteString key() {
    return held.key();
  }

  /** Holds as long as this one leads. */
  public Compare guard() {
    return held.guard();
  }

  /** Completes when the leadership is lost; fails when it was given back before. */
  public CompletableFuture<TrivetException> lost() {
    return held.lost();
  }

  public boolean isLeading() {
    return held.isHeld();
  }

  /**
   * Says something new.
   *
   * @throws TrivetException LEASE_NOT_FOUND if another one leads
   */
  public void proclaim(ByteString value) {
    boolean isDone =
        client
            .keys()
            .txn()
            .when(guard())
            .then(
                Operations.put(
                    PutRequest.newBuilder()
                        .setKey(key())
                        .setValue(value)
                        .setLease(leaseId)
                        .build()))
            .commit()
            .getSucceeded();
    if (!isDone) {
      throw ErrorCode.LEASE_NOT_FOUND.exception("another one leads, or nobody");
    }
  }

  /** Resigns: the next one's turn comes. */
  @Override
  public void close() {
    held.close();
  }
}

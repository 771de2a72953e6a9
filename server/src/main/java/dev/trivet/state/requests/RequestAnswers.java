package dev.trivet.state.requests;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RequestAnswer;
import dev.trivet.proto.log.RequestId;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Table;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What clients were last answered on each of their lanes.
 *
 * <p>A client sends a request again when it does not know what became of it. The second one has the
 * first one's number and is answered with the first one's outcome. A request that arrives after the
 * next one on its lane was applied is refused: its client has given it up, and nobody waits.
 *
 * <p>A client that was forgotten and says that it had been known is refused, since its request may
 * be a repetition. One that was never answered cannot know: its first request is taken for new,
 * which is wrong only if the log's time leaps by {@link RequestClients#TTL_MILLIS} between two
 * attempts.
 *
 * <p>Refusals are remembered like all else: otherwise the second attempt might do what the caller
 * was told did not happen.
 *
 * <p>Source of the idea: Ongaro, Consensus: Bridging Theory and Practice, 6.3; lanes as the slots
 * of NFS 4.1 (RFC 8881, 2.10.6).
 */
public final class RequestAnswers {
  static final int CLIENT_BYTES = 16;
  static final int MAX_LANES = 1_024;

  /** A larger answer is not kept: its repetition is told that the request was applied. */
  static final int MAX_ANSWER_BYTES = 64 << 10;

  private RequestAnswers() {}

  /** The outcome of the work, or of what it did when this request came first. */
  public static Outcome once(EntryContext context, RequestId id, Supplier<Outcome> work) {
    if (id.getClient().size() != CLIENT_BYTES
        || Integer.compareUnsigned(id.getLane(), MAX_LANES) >= 0
        || id.getSequence() == 0) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "a request's id has %d bytes, a lane below %d and a sequence: got %d bytes, lane %s, sequence %s"
              .formatted(
                  CLIENT_BYTES,
                  MAX_LANES,
                  id.getClient().size(),
                  Integer.toUnsignedString(id.getLane()),
                  Long.toUnsignedString(id.getSequence())));
    }
    byte[] client = id.getClient().toByteArray();
    if (!RequestClients.meet(context, client, id.getIsClientKnown())) {
      return EntryContext.refuse(ErrorCode.REQUEST_FORGOTTEN);
    }
    byte[] row = RequestRows.lane(client, id.getLane());
    @Nullable RequestAnswer last = read(context.rows().get(Table.REQUEST, row));
    if (last != null) {
      int order = Long.compareUnsigned(id.getSequence(), last.getSequence());
      if (order == 0) {
        return last.hasOutcome()
            ? last.getOutcome()
            : EntryContext.refuse(ErrorCode.ANSWER_FORGOTTEN);
      }
      if (order < 0) {
        return EntryContext.refuse(
            ErrorCode.REQUEST_FORGOTTEN,
            "request %s comes too late: the lane's last is %s"
                .formatted(
                    Long.toUnsignedString(id.getSequence()),
                    Long.toUnsignedString(last.getSequence())));
      }
    }
    Outcome outcome = work.get();
    RequestAnswer.Builder answer = RequestAnswer.newBuilder().setSequence(id.getSequence());
    if (outcome.getSerializedSize() <= MAX_ANSWER_BYTES) {
      answer.setOutcome(outcome);
    }
    context.rows().put(Table.REQUEST, row, answer.build().toByteArray());
    return outcome;
  }

  private static @Nullable RequestAnswer read(byte @Nullable [] row) {
    try {
      return row == null ? null : RequestAnswer.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the row of a request's answer cannot be read", e);
    }
  }
}

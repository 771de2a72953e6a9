package dev.trivet.mount;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.client.Failures;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.ReadFileRequest;
import dev.trivet.proto.api.ReadFileResponse;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.api.WriteExtentRequest;
import dev.trivet.proto.api.WriteExtentResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one session. Each is made again until a node answers, the session is over or {@link
 * #PATIENCE} is used up, so a change of leader, or a restart of all nodes, shows as a pause. The
 * cluster checks the session with every call, so none needs to be certain of it before. All of them
 * may be made twice: mutations are numbered, and an extent that nothing names goes away. Blocks;
 * safe for many threads.
 */
final class SessionCalls {
  /** A node that does not answer so long is given up, and another one is asked. */
  private static final Duration ATTEMPT = Duration.ofSeconds(4);

  /** For an attempt that moves an extent. */
  private static final Duration TRANSFER = Duration.ofSeconds(30);

  /** After so long without an answer a program is told that its call failed. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(SessionCalls.class);
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 300;
  private static final int MESSAGE_BYTES = 256 * 1024;

  private final Channel channel;
  private final SessionClock clock;
  private final long sessionId;

  SessionCalls(Channel channel, SessionClock clock, long sessionId) {
    this.channel = channel;
    this.clock = clock;
    this.sessionId = sessionId;
  }

  /** The session's id, which every request of it carries. */
  long sessionId() {
    return sessionId;
  }

  /**
   * @throws TrivetException a refusal; SESSION_EXPIRED when the session is or gets over
   */
  <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    return untilAnswered(
        method.getFullMethodName(),
        () -> ClientCalls.blockingUnaryCall(channel, method, within(ATTEMPT), request));
  }

  /**
   * Reads bytes of a file into a buffer, from its position on.
   *
   * @return how many there were, fewer than asked for at the end of the file
   */
  int readFile(long inode, long offset, byte[] target) {
    ReadFileRequest request =
        ReadFileRequest.newBuilder()
            .setSessionId(sessionId)
            .setInode(inode)
            .setOffset(offset)
            .setLength(target.length)
            .build();
    return untilAnswered(
        "ReadFile",
        () -> {
          Iterator<ReadFileResponse> answers =
              ClientCalls.blockingServerStreamingCall(
                  channel, VolumesGrpc.getReadFileMethod(), within(ATTEMPT), request);
          int filled = 0;
          while (answers.hasNext()) {
            ByteString data = answers.next().getData();
            if (data.size() > target.length - filled) {
              throw ErrorCode.INTERNAL.exception(
                  "asked for " + target.length + " bytes and got " + (filled + data.size()));
            }
            data.copyTo(target, filled);
            filled += data.size();
          }
          return filled;
        });
  }

  /** Stores bytes as one extent. */
  WriteExtentResponse writeExtent(List<ByteBuffer> content) {
    return untilAnswered("WriteExtent", () -> sendExtent(content));
  }

  private WriteExtentResponse sendExtent(List<ByteBuffer> content)
      throws StatusException, InterruptedException {
    BlockingClientCall<WriteExtentRequest, WriteExtentResponse> call =
        ClientCalls.blockingClientStreamingCall(
            channel, VolumesGrpc.getWriteExtentMethod(), within(TRANSFER));
    try {
      boolean isOpen = call.write(WriteExtentRequest.newBuilder().setSessionId(sessionId).build());
      for (ByteBuffer part : content) {
        ByteBuffer rest = part.duplicate();
        while (isOpen && rest.hasRemaining()) {
          ByteBuffer message =
              rest.slice(rest.position(), Math.min(MESSAGE_BYTES, rest.remaining()));
          rest.position(rest.position() + message.remaining());
          // The bytes do not change any more while they are written back: no copy is needed.
          ByteString data = UnsafeByteOperations.unsafeWrap(message);
          isOpen = call.write(WriteExtentRequest.newBuilder().setData(data).build());
        }
      }
      call.halfClose();
      WriteExtentResponse answer = call.read();
      if (answer == null) {
        throw ErrorCode.INTERNAL.exception("WriteExtent ended without an answer");
      }
      return answer;
    } finally {
      call.cancel("done", null);
    }
  }

  private static CallOptions within(Duration limit) {
    return CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** One attempt of a call. */
  private interface Attempt<A> {
    A make() throws StatusException, InterruptedException;
  }

  private <A> A untilAnswered(String what, Attempt<A> attempt) {
    long began = System.nanoTime();
    long pauseMillis = FIRST_PAUSE_MILLIS;
    while (true) {
      requireLive();
      TrivetException error;
      try {
        A answer = attempt.make();
        requireLive();
        return answer;
      } catch (StatusRuntimeException e) {
        error = Failures.of(e, true);
      } catch (StatusException e) {
        error = Failures.of(new StatusRuntimeException(e.getStatus(), e.getTrailers()), true);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ErrorCode.OUTCOME_UNKNOWN.exception("interrupted in " + what, e);
      }
      if (error.code() == ErrorCode.SESSION_EXPIRED) {
        clock.end();
      }
      requireLive();
      if (!isPassing(error.code())) {
        throw error;
      }
      if (System.nanoTime() - began > PATIENCE.toNanos()) {
        LOG.error("{} is given up after {} s", what, PATIENCE.toSeconds(), error);
        throw error;
      }
      LOG.debug("{} is tried again", what, error);
      pause(pauseMillis, error);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }
  }

  private void requireLive() {
    if (clock.isOver()) {
      throw ErrorCode.SESSION_EXPIRED.exception();
    }
  }

  private static boolean isPassing(ErrorCode code) {
    return switch (code) {
      case NO_LEADER, NOT_LEADER, STOPPING, UNREACHABLE, TOO_MANY_REQUESTS -> true;
      case OUTCOME_UNKNOWN, DEADLINE_EXCEEDED -> true;
      case NO_QUORUM_FOR_DATA, EXTENT_UNAVAILABLE -> true;
      // The client asks for a new token when it makes the call again.
      case INVALID_AUTH_TOKEN, AUTH_REVISION_OLD -> true;
      default -> false;
    };
  }

  private static void pause(long millis, TrivetException error) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error;
    }
  }
}

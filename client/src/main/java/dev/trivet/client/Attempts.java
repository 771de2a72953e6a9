package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Makes a unary call, and makes it again within one deadline where that cannot apply anything
 * twice: a read whenever no node answered, a write only if a node said that nothing was applied or
 * if the request never left this process. Blocks the caller.
 */
final class Attempts {
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final Channel channel;
  private final Duration limit;

  Attempts(Channel channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
  }

  <Q, A> A read(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, false);
  }

  <Q, A> A write(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, true);
  }

  private <Q, A> A call(MethodDescriptor<Q, A> method, Q request, boolean isWrite) {
    Deadline deadline = Deadline.after(limit.toNanos(), TimeUnit.NANOSECONDS);
    long pauseMillis = FIRST_PAUSE_MILLIS;
    while (true) {
      Departure departure = new Departure();
      CallOptions options =
          CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(departure);
      try {
        return ClientCalls.blockingUnaryCall(channel, method, options, request);
      } catch (StatusRuntimeException failure) {
        TrivetException error = Failures.of(failure, isWrite && departure.mayHaveLeft);
        long left = deadline.timeRemaining(TimeUnit.MILLISECONDS);
        if (!isWorthRepeating(error.code(), isWrite) || left <= pauseMillis) {
          throw error;
        }
        pause(pauseMillis, error);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  private static boolean isWorthRepeating(ErrorCode code, boolean isWrite) {
    return switch (code) {
      case NO_LEADER, NOT_LEADER, STOPPING, TOO_MANY_REQUESTS, UNREACHABLE -> true;
      case OUTCOME_UNKNOWN -> !isWrite;
      default -> false;
    };
  }

  /** Between half and all of it, so that clients which failed together do not return together. */
  private static void pause(long millis, TrivetException error) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error;
    }
  }

  /** Sees whether a request was ever handed to a connection. */
  private static final class Departure extends ClientStreamTracer.Factory {
    volatile boolean mayHaveLeft;

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundHeaders() {
          mayHaveLeft = true;
        }

        @Override
        public void outboundMessage(int number) {
          mayHaveLeft = true;
        }
      };
    }
  }
}

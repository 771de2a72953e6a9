package dev.trivet.api.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.RequestId;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * The numbers that clients of ours give to their writes, from the metadata to the command. A call
 * that has one, or an empty one, is answered with {@link #ONCE}: so a client knows that it may
 * repeat a write here. A call without costs nothing.
 */
public final class RequestIds implements ServerInterceptor {
  /** A {@link RequestId}; empty asks only whether nodes understand it. */
  static final Metadata.Key<byte[]> REQUEST =
      Metadata.Key.of("trivet-request-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** "once": a numbered request is applied once here. */
  static final Metadata.Key<String> ONCE =
      Metadata.Key.of("trivet-requests", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<RequestId> ID =
      Context.keyWithDefault("trivet-request", RequestId.getDefaultInstance());

  /** The command with the number of the call that is handled on this thread, if it has one. */
  public static Command.Builder numbered(Command.Builder command) {
    RequestId id = ID.get();
    return id.getClient().isEmpty() ? command : command.setRequest(id);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    byte[] sent = headers.get(REQUEST);
    if (sent == null) {
      return next.startCall(call, headers);
    }
    RequestId id;
    try {
      id = RequestId.parseFrom(sent);
    } catch (InvalidProtocolBufferException e) {
      StatusRuntimeException refusal =
          Statuses.of(ErrorCode.INVALID_ARGUMENT.exception("trivet-request-bin is no id", e));
      Metadata trailers = refusal.getTrailers();
      call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(
        Context.current().withValue(ID, id), new Promising<>(call), headers, next);
  }

  private static final class Promising<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean hasPromised;

    Promising(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      hasPromised = true;
      headers.put(ONCE, "once");
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!hasPromised) {
        trailers.put(ONCE, "once");
      }
      super.close(status, trailers);
    }
  }
}

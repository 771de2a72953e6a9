package dev.trivet.api.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.Statuses;
import dev.trivet.api.port.HttpCall;
import dev.trivet.api.port.HttpHandler;
import dev.trivet.api.port.HttpReply;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One method of etcd's API as an HTTP post.
 *
 * @param empty the request that an empty body means
 * @param call what answers it; must end within {@link Calls#LONGEST_WAIT}
 * @param frame put around the answer
 */
record JsonMethod<Q extends Message>(
    Q empty,
    Function<Q, ? extends CompletableFuture<? extends Message>> call,
    UnaryOperator<String> frame)
    implements HttpHandler {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

  /** A method of a gRPC service, as its stub has it. */
  interface Unary<Q, A> {
    void call(Q request, StreamObserver<A> observer);
  }

  static <Q extends Message, A extends Message> JsonMethod<Q> unary(Q empty, Unary<Q, A> method) {
    return new JsonMethod<>(
        empty,
        request -> {
          Answer<A> answer = new Answer<>();
          method.call(request, answer);
          return answer.future;
        },
        UnaryOperator.identity());
  }

  @Override
  public HttpReply answer(HttpCall call) {
    if (!call.method().equals("POST")) {
      return HttpReply.json(405, JsonErrors.body(Status.Code.UNIMPLEMENTED, "Method Not Allowed"));
    }
    Q request;
    try {
      request = parse(call.body().toStringUtf8());
    } catch (InvalidProtocolBufferException e) {
      return JsonErrors.of(
          Status.Code.INVALID_ARGUMENT, "no JSON of this request: " + e.getMessage());
    }
    try {
      Message answer = Calls.await(this.call.apply(request));
      return HttpReply.json(200, frame.apply(PRINTER.print(answer)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an answer of etcd's API has a JSON form", e);
    } catch (RuntimeException e) {
      return JsonErrors.of(Statuses.classify(e));
    }
  }

  @SuppressWarnings("unchecked") // A builder builds what it was made from.
  private Q parse(String body) throws InvalidProtocolBufferException {
    if (body.isBlank()) {
      return empty;
    }
    Message.Builder builder = empty.newBuilderForType();
    PARSER.merge(body, builder);
    return (Q) builder.build();
  }

  /** Takes the one answer of a unary method. */
  private static final class Answer<A> implements StreamObserver<A> {
    private final CompletableFuture<A> future = new CompletableFuture<>();

    @Override
    public void onNext(A value) {
      future.complete(value);
    }

    @Override
    public void onError(Throwable thrown) {
      future.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {}
  }
}

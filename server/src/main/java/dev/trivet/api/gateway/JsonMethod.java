package dev.trivet.api.gateway;

import com.google.protobuf.Message;
import dev.trivet.api.port.HttpAnswering;
import dev.trivet.api.port.HttpCall;
import dev.trivet.api.port.HttpConversation;
import dev.trivet.api.port.HttpListener;
import dev.trivet.api.port.HttpReply;
import dev.trivet.errors.TrivetException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

/** One method of a gRPC service as an HTTP post. */
final class JsonMethod<Q extends Message, A> implements HttpConversation {
  /** Whatever follows is metadata of the call, as in the gateway that etcd uses. */
  private static final String METADATA_PREFIX = "grpc-metadata-";

  /** Bytes would need another kind of key; nothing of etcd's API has such. */
  private static final Pattern METADATA = Pattern.compile(METADATA_PREFIX + "[0-9a-z._-]+");

  private static final Metadata.Key<String> TOKEN = key("token");

  private final ServerMethodDefinition<Q, A> method;
  private final Q form;
  private final Executor threads;

  private JsonMethod(ServerMethodDefinition<Q, A> method, Q form, Executor threads) {
    this.method = method;
    this.form = form;
    this.threads = threads;
  }

  /**
   * @throws IllegalArgumentException when the method's requests are no protobuf messages
   */
  @SuppressWarnings("unchecked") // The marshaller of a method's requests makes its requests.
  static HttpConversation of(ServerMethodDefinition<?, ?> method, Executor threads) {
    if (method.getMethodDescriptor().getRequestMarshaller() instanceof PrototypeMarshaller<?> form
        && form.getMessagePrototype() instanceof Message empty) {
      return new JsonMethod<>((ServerMethodDefinition<Message, ?>) method, empty, threads);
    }
    throw new IllegalArgumentException(
        method.getMethodDescriptor().getFullMethodName() + " has no protobuf messages");
  }

  @Override
  public boolean isBodyInPieces() {
    return type() == MethodType.BIDI_STREAMING;
  }

  @Override
  public HttpListener begin(HttpCall call, HttpAnswering answering) {
    if (!call.method().equals("POST")) {
      answering.whole(
          HttpReply.json(405, JsonErrors.body(Status.Code.UNIMPLEMENTED, "Method Not Allowed")));
      return HttpListener.NONE;
    }
    JsonReply reply =
        type().serverSendsOneMessage() ? new JsonReply.Single() : new JsonReply.Lines();
    Context.CancellableContext context;
    try {
      context = TimeLimits.context(call.headers().get("grpc-timeout"));
    } catch (TrivetException refusal) {
      answering.whole(
          JsonErrors.of(refusal.code().grpcCode(), String.valueOf(refusal.getMessage())));
      return HttpListener.NONE;
    }
    JsonCall<Q, A> running = new JsonCall<>(method, form, reply, answering, threads, context);
    running.begin(metadata(call.headers()), call.body());
    return running;
  }

  private MethodType type() {
    MethodDescriptor<Q, A> described = method.getMethodDescriptor();
    return described.getType();
  }

  private static Metadata metadata(Map<String, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach(
        (name, value) -> {
          if (name.equals("authorization")) {
            metadata.put(TOKEN, value);
          } else if (METADATA.matcher(name).matches() && !name.endsWith("-bin")) {
            metadata.put(key(name.substring(METADATA_PREFIX.length())), value);
          }
        });
    return metadata;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}

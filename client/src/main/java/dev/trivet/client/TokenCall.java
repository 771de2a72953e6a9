package dev.trivet.client;

import dev.trivet.client.Tokens.Token;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that carries a token. It begins when there is one; until then it remembers what its caller
 * says. When a node refuses the token it is made once more with a new one, if its caller sends one
 * message only and nothing was answered: the node has refused it, so nothing was applied. Other
 * calls end with the refusal, and whoever opens them again gets a new token.
 *
 * <p>Invariant: {@code said} holds everything that an attempt which is still to begin must hear.
 * The fields are guarded by this object's lock, which is never held while the caller's listener is
 * told something.
 */
final class TokenCall<Q, A> extends ClientCall<Q, A> {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final Tokens tokens;
  private final MethodDescriptor<Q, A> method;
  private final CallOptions options;
  private final Channel next;
  private final List<Consumer<ClientCall<Q, A>>> said = new ArrayList<>();

  /** Whether another attempt may follow the one that runs. */
  private boolean mayRepeat;

  /** The attempt that runs; null while a token is waited for. */
  private @Nullable ClientCall<Q, A> attempt;

  private boolean isOver;
  private Listener<A> listener = new Listener<>() {};
  private Metadata headers = new Metadata();

  TokenCall(Tokens tokens, MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    this.tokens = tokens;
    this.method = method;
    this.options = options;
    this.next = next;
    // Nodes remember what they answered to a number: NumberedAttempt takes another one.
    this.mayRepeat =
        method.getType().clientSendsOneMessage()
            && options.getOption(CallRules.NUMBER).equals(CallRules.NO_NUMBER);
  }

  @Override
  public void start(Listener<A> caller, Metadata sent) {
    synchronized (this) {
      listener = caller;
      headers = sent;
    }
    beginWithToken();
  }

  private void beginWithToken() {
    CompletableFuture<Token> token = tokens.take();
    Deadline end = options.getDeadline();
    if (end != null && !token.isDone()) {
      // A call that begins after its deadline is ended by gRPC and never leaves this process.
      long millis = Math.max(0, end.timeRemaining(TimeUnit.MILLISECONDS)) + 1;
      token = token.copy().completeOnTimeout(Token.NONE, millis, TimeUnit.MILLISECONDS);
    }
    var _ =
        token.whenComplete(
            (found, failure) -> {
              if (failure == null) {
                begin(found);
              } else {
                fail(Waiting.errorOf(failure));
              }
            });
  }

  private synchronized void begin(Token token) {
    if (isOver) {
      return;
    }
    Metadata sent = new Metadata();
    sent.merge(headers);
    if (!token.isNone()) {
      sent.put(TOKEN, token.text());
    }
    ClientCall<Q, A> begun = next.newCall(method, options);
    attempt = begun;
    begun.start(new Answers(token, mayRepeat), sent);
    said.forEach(each -> each.accept(begun));
    if (!mayRepeat) {
      said.clear();
    }
  }

  /** Nothing of this call has left this process, or all that has was refused. */
  private void fail(TrivetException error) {
    ErrorCode code =
        switch (error.code()) {
          // That holds of the question for a token, not of this call.
          case OUTCOME_UNKNOWN, DEADLINE_EXCEEDED -> ErrorCode.UNREACHABLE;
          default -> error.code();
        };
    TrivetException told = code.exception(String.valueOf(error.getMessage()), error);
    close(code.grpcCode().toStatus().withDescription(told.getMessage()), Failures.trailersOf(told));
  }

  private void close(Status status, Metadata trailers) {
    Listener<A> caller;
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      said.clear();
      caller = listener;
    }
    // A caller that blocks waits at its own executor, and hears nothing that is told elsewhere.
    Executor chosen = options.getExecutor();
    Executor executor = chosen == null ? ForkJoinPool.commonPool() : chosen;
    executor.execute(() -> caller.onClose(status, trailers));
  }

  private synchronized void say(Consumer<ClientCall<Q, A>> word) {
    ClientCall<Q, A> running = attempt;
    if (running == null || mayRepeat) {
      said.add(word);
    }
    if (running != null) {
      word.accept(running);
    }
  }

  @Override
  public void request(int messages) {
    say(call -> call.request(messages));
  }

  @Override
  public void halfClose() {
    say(ClientCall::halfClose);
  }

  @Override
  public void sendMessage(Q message) {
    say(call -> call.sendMessage(message));
  }

  @Override
  public void setMessageCompression(boolean isEnabled) {
    say(call -> call.setMessageCompression(isEnabled));
  }

  @Override
  public synchronized boolean isReady() {
    ClientCall<Q, A> running = attempt;
    return running != null && running.isReady();
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    ClientCall<Q, A> running;
    synchronized (this) {
      running = attempt;
      mayRepeat = false;
    }
    if (running == null) {
      close(Status.CANCELLED.withDescription(message).withCause(cause), new Metadata());
    } else {
      running.cancel(message, cause);
    }
  }

  /**
   * Hears one attempt, on gRPC's threads, one call at a time.
   *
   * <p>Headers wait for what follows them: the caller must not hear those of an attempt that is
   * made again.
   */
  private final class Answers extends ForwardingClientCallListener<A> {
    private final Token token;
    private boolean mayBeRefused;
    private @Nullable Metadata heldBack;

    Answers(Token token, boolean mayBeRefused) {
      this.token = token;
      this.mayBeRefused = mayBeRefused;
    }

    @Override
    protected Listener<A> delegate() {
      synchronized (TokenCall.this) {
        return listener;
      }
    }

    @Override
    public void onHeaders(Metadata arrived) {
      if (mayBeRefused) {
        heldBack = arrived;
      } else {
        super.onHeaders(arrived);
      }
    }

    @Override
    public void onMessage(A message) {
      if (mayBeRefused) {
        mayBeRefused = false;
        synchronized (TokenCall.this) {
          mayRepeat = false;
          said.clear();
        }
      }
      releaseHeaders();
      super.onMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (isRefusal(status, trailers)) {
        tokens.drop(token);
        if (mayBeRefused && isRepeated()) {
          beginWithToken();
          return;
        }
      }
      releaseHeaders();
      super.onClose(status, trailers);
    }

    private boolean isRefusal(Status status, Metadata trailers) {
      return !status.isOk()
          && tokens.areRefusedBy(Failures.of(status.asRuntimeException(trailers), false).code());
    }

    private boolean isRepeated() {
      synchronized (TokenCall.this) {
        if (!mayRepeat) {
          return false;
        }
        mayRepeat = false;
        attempt = null;
        return true;
      }
    }

    private void releaseHeaders() {
      Metadata arrived = heldBack;
      heldBack = null;
      if (arrived != null) {
        super.onHeaders(arrived);
      }
    }
  }
}

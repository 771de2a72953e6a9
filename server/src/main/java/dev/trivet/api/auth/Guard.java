package dev.trivet.api.auth;

import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Committed;
import dev.trivet.replicate.Leadership;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.store.ReadView;
import dev.trivet.store.Rows;
import dev.trivet.store.Store;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every call. It lets through who may call the method at all, remembers in the call's
 * context who that is, and puts the caller's name on the commands that the call proposes.
 *
 * <p>A token is looked at whenever it is needed, not once a call: a stream goes on with a token
 * only as long as the token is valid, and with what its user may do by then.
 */
public final class Guard implements ServerInterceptor {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "Bearer ";
  private static final Context.Key<Caller> CALLER = Context.key("caller");

  private final Supplier<AccessRules> rules;
  private final Store store;
  private final CommandLog log;
  private final Tokens tokens;
  private final Caller nobody = new Caller(this, "");

  Guard(Supplier<AccessRules> rules, Store store, CommandLog log, Tokens tokens) {
    this.rules = rules;
    this.store = store;
    this.log = log;
    this.tokens = tokens;
  }

  /** Whether authentication is on, as far as this node knows. */
  public boolean isOn() {
    return rules.get().isEnabled();
  }

  /** Who makes the call that runs on this thread. To be asked for in the service's method. */
  public Caller caller() {
    Caller known = isOn() ? CALLER.get() : null;
    return known == null ? nobody : known;
  }

  /** A log for services: commands carry the name of who makes the call that proposes them. */
  public CommandLog signing(CommandLog target) {
    return new SigningLog(this, target);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!isOn()) {
      return next.startCall(call, headers);
    }
    String token = headers.get(TOKEN);
    Context admitted;
    try {
      admitted =
          admit(
              call.getMethodDescriptor().getFullMethodName(),
              token == null ? headers.get(AUTHORIZATION) : token);
    } catch (TrivetException refusal) {
      StatusRuntimeException status = Statuses.of(refusal);
      Metadata trailers = status.getTrailers();
      call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(admitted, call, headers, next);
  }

  /**
   * The context in which a call is to be run that did not come over gRPC.
   *
   * @param method of gRPC that does the same, "package.Service/Method"; whatever else, for root
   * @param token as it was sent, perhaps with "Bearer " in front; null when none was
   * @throws TrivetException when the caller may not make the call at all
   */
  public Context admit(String method, @Nullable String token) {
    Caller caller =
        token == null
            ? nobody
            : new Caller(this, token.startsWith(BEARER) ? token.substring(BEARER.length()) : token);
    switch (Need.of(method)) {
      case USER -> caller.requireUser();
      case ROOT -> caller.requireRoot();
      case NOTHING, JUDGED -> {}
    }
    return Context.current().withValue(CALLER, caller);
  }

  AccessRules rules() {
    return rules.get();
  }

  ReadView view() {
    return store.view();
  }

  /** Whom a token stands for; the nameless one when none was sent; null when it is not valid. */
  @Nullable Asker asker(String token, Rows rows, AccessRules current) {
    return token.isEmpty() ? Asker.getDefaultInstance() : tokens.asker(token, rows, current);
  }

  /** Done when this node knows the token if any does. */
  CompletableFuture<Long> settled(String token) {
    if (!token.isEmpty() && isOn()) {
      try (ReadView view = store.view()) {
        if (tokens.isAhead(token, view)) {
          return log.readBarrier();
        }
      }
    }
    return CompletableFuture.completedFuture(0L);
  }

  void settle(String token) {
    CompletableFuture<Long> settled = settled(token);
    if (!settled.isDone()) {
      var _ = Calls.await(settled);
    }
  }

  /** See {@link #signing}. */
  private record SigningLog(Guard guard, CommandLog target) implements CommandLog {
    @Override
    public CompletableFuture<Committed> propose(Command command) {
      if (!guard.isOn()) {
        return target.propose(command);
      }
      String token = guard.caller().token();
      return guard
          .settled(token)
          .thenCompose(
              _ -> {
                Asker asker;
                try (ReadView view = guard.view()) {
                  asker = guard.asker(token, view, guard.rules());
                }
                return asker == null
                    ? CompletableFuture.failedFuture(ErrorCode.INVALID_AUTH_TOKEN.exception())
                    : target.propose(command.toBuilder().setAskedBy(asker).build());
              });
    }

    @Override
    public CompletableFuture<Long> readBarrier() {
      return target.readBarrier();
    }

    @Override
    public CompletableFuture<Long> confirmLeadership() {
      return target.confirmLeadership();
    }

    @Override
    public Leadership leadership() {
      return target.leadership();
    }

    @Override
    public long committedIndex() {
      return target.committedIndex();
    }

    @Override
    public long appliedIndex() {
      return target.appliedIndex();
    }
  }
}

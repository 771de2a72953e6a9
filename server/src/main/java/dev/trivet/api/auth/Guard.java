package dev.trivet.api.auth;

import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.Statuses;
import dev.trivet.api.port.CertificateName;
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
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

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

  /** What etcd's JSON gateway sends with each call: its certificate is not the caller's. */
  private static final Metadata.Key<String> GATEWAY =
      Metadata.Key.of("grpcgateway-accept", Metadata.ASCII_STRING_MARSHALLER);

  private static final String BEARER = "Bearer ";
  private static final Context.Key<Caller> CALLER = Context.key("caller");

  private final Supplier<AccessRules> rules;
  private final Store store;
  private final CommandLog log;
  private final Tokens tokens;
  private final Caller nobody = new Caller(this, Proof.NONE);

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
    Context admitted;
    try {
      admitted =
          admit(
              call.getMethodDescriptor().getFullMethodName(), proof(headers, call.getAttributes()));
    } catch (TrivetException refusal) {
      StatusRuntimeException status = Statuses.of(refusal);
      Metadata trailers = status.getTrailers();
      call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(admitted, call, headers, next);
  }

  /**
   * A token goes before a certificate, even one that is not valid. Who speaks for others, as a
   * gateway of etcd's says that it does, is not they.
   */
  private static Proof proof(Metadata headers, Attributes connection) {
    String token = headers.get(TOKEN);
    if (token == null) {
      token = headers.get(AUTHORIZATION);
    }
    if (token != null) {
      String bare = token.startsWith(BEARER) ? token.substring(BEARER.length()) : token;
      return bare.isEmpty() ? Proof.NONE : new Proof.Token(bare);
    }
    String name = connection.get(CertificateName.OF_CONNECTION);
    return name == null || headers.containsKey(GATEWAY) ? Proof.NONE : new Proof.Certificate(name);
  }

  /** The context of a call that its caller may make at all. */
  private Context admit(String method, Proof proof) {
    Caller caller = new Caller(this, proof);
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

  /**
   * Whom a proof stands for; the nameless one when there is none.
   *
   * @throws TrivetException INVALID_AUTH_TOKEN, AUTH_REVISION_OLD
   */
  Asker requireAsker(Proof proof, Rows rows, AccessRules current) {
    return switch (proof) {
      case Proof.None() -> Asker.getDefaultInstance();
      case Proof.Token(String text) -> {
        Asker asker = tokens.asker(text, rows, current);
        if (asker == null) {
          throw ErrorCode.INVALID_AUTH_TOKEN.exception();
        }
        yield asker;
      }
      case Proof.Certificate(String user) ->
          Asker.newBuilder().setUser(user).setAuthRevision(Long.MAX_VALUE).build();
    };
  }

  /** Done when this node knows the proof if any does. */
  CompletableFuture<Long> settled(Proof proof) {
    if (proof instanceof Proof.Token(String text) && isOn()) {
      try (ReadView view = store.view()) {
        if (tokens.isAhead(text, view)) {
          return log.readBarrier();
        }
      }
    }
    return CompletableFuture.completedFuture(0L);
  }

  void settle(Proof proof) {
    CompletableFuture<Long> settled = settled(proof);
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
      Proof proof = guard.caller().proof();
      return guard
          .settled(proof)
          .thenCompose(
              _ -> {
                Asker asker;
                try (ReadView view = guard.view()) {
                  asker = guard.requireAsker(proof, view, guard.rules());
                } catch (TrivetException refusal) {
                  return CompletableFuture.failedFuture(refusal);
                }
                return target.propose(command.toBuilder().setAskedBy(asker).build());
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

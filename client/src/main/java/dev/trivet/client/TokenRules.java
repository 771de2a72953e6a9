package dev.trivet.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/** Has every call of a client that speaks as a user carry that user's token. */
record TokenRules(Tokens tokens) implements ClientInterceptor {
  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return tokens.areWanted()
        ? new TokenCall<>(tokens, method, options, next)
        : next.newCall(method, options);
  }
}

package dev.trivet.client;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Sees whether a request was ever handed to a connection: if not, it certainly was not applied. One
 * per attempt.
 */
final class Departure extends ClientStreamTracer.Factory {
  private volatile boolean mayHaveLeft;

  boolean mayHaveLeft() {
    return mayHaveLeft;
  }

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

package dev.trivet.api.port;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;

/**
 * The answer to one request: whole, or a start, pieces and an end, from any thread but one at a
 * time. After the client has gone all is dropped.
 */
public interface HttpAnswering {
  /**
   * What gRPC's calls know of their connections: remote address, and TLS session if there is one.
   */
  Attributes connection();

  /** Answers whole. */
  void whole(HttpReply reply);

  /** Begins an answer in pieces, with the status 200. */
  void start(String contentType);

  /** Sends a piece now. */
  void piece(ByteString piece);

  /** The last piece was sent. */
  void end();

  /** False while the client reads more slowly than pieces are sent: 64 KiB wait for it. */
  boolean isWritable();

  /** Asks for the next piece of the body. */
  void readOn();
}

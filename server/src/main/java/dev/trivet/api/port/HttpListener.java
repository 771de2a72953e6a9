package dev.trivet.api.port;

import com.google.protobuf.ByteString;

/** What happens to a conversation. Called on the connection's event loop: nothing may wait. */
public interface HttpListener {
  /** For what is answered already. */
  HttpListener NONE =
      new HttpListener() {
        @Override
        public void onPiece(ByteString piece) {}

        @Override
        public void onBodyEnd() {}

        @Override
        public void onWritable() {}

        @Override
        public void onGone() {}
      };

  /** A piece of the body that was asked for by {@link HttpAnswering#readOn}. */
  void onPiece(ByteString piece);

  /** The body is over; not called where it was whole from the beginning. */
  void onBodyEnd();

  /** The client reads again. */
  void onWritable();

  /** The connection is closed before the answer was over. */
  void onGone();
}

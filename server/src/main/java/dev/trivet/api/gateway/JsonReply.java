package dev.trivet.api.gateway;

import com.google.protobuf.ByteString;
import dev.trivet.api.port.HttpAnswering;
import dev.trivet.api.port.HttpReply;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** How the answers of one call look in HTTP. Used by one thread at a time. */
sealed interface JsonReply {
  void message(HttpAnswering answering, String json);

  void close(HttpAnswering answering, Status status);

  /** One answer, or an error in its place. */
  final class Single implements JsonReply {
    private @Nullable String message;

    @Override
    public void message(HttpAnswering answering, String json) {
      message = json;
    }

    @Override
    public void close(HttpAnswering answering, Status status) {
      answering.whole(
          status.isOk() && message != null
              ? HttpReply.json(200, message)
              : JsonErrors.of(status.getCode(), JsonErrors.message(status)));
    }
  }

  /** A line for each answer, sent at once; an error is the last line. */
  final class Lines implements JsonReply {
    private boolean isStarted;

    @Override
    public void message(HttpAnswering answering, String json) {
      start(answering);
      answering.piece(ByteString.copyFromUtf8("{\"result\":" + json + "}\n"));
    }

    @Override
    public void close(HttpAnswering answering, Status status) {
      if (status.isOk()) {
        start(answering);
        answering.end();
        return;
      }
      String line = JsonErrors.line(status) + "\n";
      if (isStarted) {
        answering.piece(ByteString.copyFromUtf8(line));
        answering.end();
      } else {
        answering.whole(HttpReply.json(JsonErrors.httpStatus(status.getCode()), line));
      }
    }

    private void start(HttpAnswering answering) {
      if (!isStarted) {
        isStarted = true;
        answering.start("application/json");
      }
    }
  }
}

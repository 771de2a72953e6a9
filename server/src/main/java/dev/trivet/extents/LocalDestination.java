package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentHeader;
import dev.trivet.state.entry.ExtentId;
import org.jspecify.annotations.Nullable;

/** This node's own disk. */
final class LocalDestination implements Destination {
  private final LocalExtents local;
  private final String name;
  private @Nullable ExtentWriter writer;
  private volatile boolean isCancelled;

  LocalDestination(LocalExtents local, String name) {
    this.local = local;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void begin(ExtentHeader header) {
    writer = local.receive(ExtentId.of(header.getId()), header.getBeganMillis());
  }

  @Override
  public void write(ExtentFrame frame) {
    begun().append(frame.getData());
  }

  @Override
  public void finish(ExtentEnd end) {
    begun().complete(end.getSizeBytes(), end.getCrc64());
  }

  @Override
  public void abandon() {
    if (writer != null) {
      writer.close();
    }
  }

  @Override
  public void cancel() {
    isCancelled = true;
  }

  private ExtentWriter begun() {
    if (isCancelled || writer == null) {
      throw ErrorCode.STOPPING.exception();
    }
    return writer;
  }
}

package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.ExtentEnd;
import dev.trivet.proto.peer.ExtentFrame;
import dev.trivet.proto.peer.ExtentHeader;
import dev.trivet.proto.peer.ExtentWrite;
import dev.trivet.proto.peer.ExtentWritten;
import dev.trivet.proto.peer.ExtentsGrpc;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Another node's disk. */
final class PeerDestination implements Destination {
  /** How much longer than for a frame is waited for the fsync of up to 16 MiB. */
  private static final int FINISH_FACTOR = 3;

  private final Member member;
  private final Duration stall;
  private final BlockingClientCall<ExtentWrite, ExtentWritten> call;

  /**
   * @param stall a node that takes nothing for so long has failed
   * @param deadline of the whole
   */
  PeerDestination(PeerNetwork network, Member member, Duration stall, Duration deadline) {
    this.member = member;
    this.stall = stall;
    this.call =
        ExtentsGrpc.newBlockingV2Stub(network.channel(member))
            .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
            .write();
  }

  @Override
  public String name() {
    return member.name();
  }

  @Override
  public void begin(ExtentHeader header) {
    send(ExtentWrite.newBuilder().setHeader(header).build());
  }

  @Override
  public void write(ExtentFrame frame) {
    send(ExtentWrite.newBuilder().setFrame(frame).build());
  }

  @Override
  public void finish(ExtentEnd end) {
    send(ExtentWrite.newBuilder().setEnd(end).build());
    PeerAnswers.<ExtentWritten>take(
        member,
        () -> {
          call.halfClose();
          ExtentWritten written =
              call.read(FINISH_FACTOR * stall.toMillis(), TimeUnit.MILLISECONDS);
          if (written == null) {
            throw ErrorCode.UNREACHABLE.exception(member.name() + " did not confirm the extent");
          }
          return written;
        });
  }

  @Override
  public void abandon() {
    cancel();
  }

  @Override
  public void cancel() {
    call.cancel("the upload was given up", null);
  }

  private void send(ExtentWrite message) {
    boolean isSent =
        PeerAnswers.take(
            member, () -> call.write(message, stall.toMillis(), TimeUnit.MILLISECONDS));
    if (!isSent) {
      throw ErrorCode.UNREACHABLE.exception(member.name() + " takes no more of the extent");
    }
  }
}

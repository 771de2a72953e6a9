package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.state.entry.ExtentId;
import java.util.ArrayList;
import java.util.List;

/** Copies an extent from another node's disk to this one's. */
final class ExtentCopier {
  private final LocalExtents local;
  private final PeerNetwork network;
  private final PeerReads reads;

  ExtentCopier(LocalExtents local, PeerNetwork network) {
    this.local = local;
    this.network = network;
    this.reads = new PeerReads(network, QuorumExtents.STALL);
  }

  /**
   * Copies, from the first node that has it whole.
   *
   * @param size that the state tells
   * @param logTime of now: the copy must not look older than it is
   * @throws TrivetException {@code EXTENT_UNAVAILABLE} when no node gave it, {@code NO_SPACE},
   *     {@code STOPPING}
   */
  void copy(ExtentId id, long size, long logTime) {
    List<Member> others = network.others();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      Member holder = others.get((int) ((id.low() >>> 1) % others.size() + i) % others.size());
      try (ExtentWriter writer = local.receive(id, logTime)) {
        long crc64 = reads.read(holder, id, 0, 0, writer::append);
        writer.complete(size, crc64);
        return;
      } catch (TrivetException e) {
        if (e.code() == ErrorCode.NO_SPACE || e.code() == ErrorCode.STOPPING) {
          throw e;
        }
        failures.add(holder.name() + ": " + e.getMessage());
      }
    }
    throw ErrorCode.EXTENT_UNAVAILABLE.exception(
        "extent " + id + " could be copied from no node: " + String.join("; ", failures));
  }
}

package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogFormat;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off an entry that a crash left half written at the end of the log.
 *
 * <p>Ratis writes into zeros that it wrote before, so a torn entry has a length and a wrong
 * checksum, which it takes for damage: the node would never start again. An entry is torn when a
 * whole sector of it, or its part of one, is still zero: then the sync that covers it never
 * returned, and neither it nor any later entry was acknowledged. Any other wrong byte may belong to
 * an acknowledged entry: the node must not start without it. (A wrong bit in an entry's length
 * alone cannot be told from a torn entry.)
 */
final class TornTail {
  private static final Logger LOG = LoggerFactory.getLogger(TornTail.class);
  private static final String OPEN_SEGMENT = "log_inprogress_";
  private static final int SECTOR = 512;
  private static final int CHECKSUM_BYTES = 4;
  private static final int MAX_LENGTH_BYTES = 5;
  private static final int BLOCK = 64 << 10;

  private TornTail() {}

  /**
   * Looks at the open segment of each log before Ratis does.
   *
   * @param applied what the store holds; entries up to there were committed
   * @throws dev.trivet.errors.TrivetException DATA_CORRUPT when bytes are wrong and no crash
   *     explains it
   */
  static void cut(Path dataFolder, long applied) throws IOException {
    for (Path log : RaftFiles.logs(dataFolder)) {
      try (DirectoryStream<Path> segments = Files.newDirectoryStream(log, OPEN_SEGMENT + "*")) {
        for (Path segment : segments) {
          cutSegment(segment, applied);
        }
      }
    }
  }

  private static void cutSegment(Path segment, long applied) throws IOException {
    if (Files.size(segment) < SegmentedRaftLogFormat.getHeaderLength()) {
      return;
    }
    WholeEntries whole = WholeEntries.of(segment);
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw");
        FileChannel channel = file.getChannel()) {
      long end = whole.end();
      if (isBlank(channel, end, channel.size())) {
        return;
      }
      if (whole.nextIndex() <= applied || !isTorn(channel, end)) {
        throw ErrorCode.DATA_CORRUPT.exception(
            "%s is damaged at byte %d, in entry %d: this node must not go on under its old identity"
                    .formatted(segment, end, whole.nextIndex())
                + ". Empty its data folder, start it and admit it by 'trivet cluster add NAME'");
      }
      LOG.warn(
          "{} ends in an entry that was half written at byte {}: it was never acknowledged and is"
              + " cut off",
          segment,
          end);
      channel.truncate(end);
      channel.force(true);
    }
  }

  /**
   * What Ratis can read of a segment.
   *
   * @param end the byte after the last whole entry
   * @param nextIndex of the entry that would follow
   */
  private record WholeEntries(long end, long nextIndex) {
    static WholeEntries of(Path segment) throws IOException {
      AtomicLong end = new AtomicLong(SegmentedRaftLogFormat.getHeaderLength());
      int entries =
          LogSegment.readSegmentFile(
              segment.toFile(),
              LogSegmentPath.matchLogSegment(segment).getStartEnd(),
              SizeInBytes.valueOf(RaftSettings.MAX_ENTRY_BYTES),
              CorruptionPolicy.WARN_AND_RETURN,
              null,
              entry -> end.addAndGet(size(entry)));
      String name = String.valueOf(segment.getFileName());
      return new WholeEntries(
          end.get(), Long.parseLong(name.substring(OPEN_SEGMENT.length())) + entries);
    }

    private static long size(LogEntryProto entry) {
      int bytes = entry.getSerializedSize();
      return (long) CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes + CHECKSUM_BYTES;
    }
  }

  private static boolean isTorn(FileChannel channel, long start) throws IOException {
    long end = recordEnd(channel, start);
    if (end > channel.size()) {
      return true;
    }
    for (long from = start; from < end; ) {
      long to = Math.min(end, nextSector(from));
      if (isBlank(channel, from, to)) {
        return true;
      }
      from = to;
    }
    return false;
  }

  /** Where the entry ends by its length; without one, where its first sector does. */
  private static long recordEnd(FileChannel channel, long start) throws IOException {
    byte[] head = read(channel, start, MAX_LENGTH_BYTES);
    if (head.length == 0 || SegmentedRaftLogFormat.isTerminator(head[0])) {
      return Math.min(channel.size(), nextSector(start));
    }
    CodedInputStream in = CodedInputStream.newInstance(head);
    try {
      int bytes = in.readRawVarint32();
      return bytes < 0 || bytes > RaftSettings.MAX_ENTRY_BYTES
          ? start
          : start + in.getTotalBytesRead() + bytes + CHECKSUM_BYTES;
    } catch (InvalidProtocolBufferException _) {
      // No crash makes a length of that many bytes.
      return start;
    }
  }

  private static long nextSector(long position) {
    return (position / SECTOR + 1) * SECTOR;
  }

  private static boolean isBlank(FileChannel channel, long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      byte[] some = read(channel, at, (int) Math.min(BLOCK, to - at));
      if (!SegmentedRaftLogFormat.isTerminator(some, 0, some.length)) {
        return false;
      }
      at += some.length;
    }
    return true;
  }

  /** Fewer bytes at the end of the file. */
  private static byte[] read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, channel.size() - position));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("the file was cut while it was read");
      }
    }
    return bytes.array();
  }
}

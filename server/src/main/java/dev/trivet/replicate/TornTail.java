package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogFormat;
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
 *
 * <p>A segment, as Ratis 3.3 writes it: a header, then for each entry its length as a varint, so
 * many bytes, and the CRC-32C of both, big-endian; zeros up to the end.
 */
final class TornTail {
  private static final Logger LOG = LoggerFactory.getLogger(TornTail.class);
  private static final String OPEN_SEGMENT = "log_inprogress_";
  private static final int SECTOR = 512;
  private static final int CHECKSUM_BYTES = Integer.BYTES;
  private static final int MAX_LENGTH_BYTES = 5;
  private static final int PAYLOAD_BITS = 7;
  private static final int MORE = 0x80;

  /** The segment's bytes; positions are those in the file. */
  private final ByteBuffer log;

  private TornTail(ByteBuffer log) {
    this.log = log;
  }

  /**
   * Looks at the open segment of each log before Ratis does, and brings it to disk: a process that
   * was killed may have left entries in memory alone, and Ratis takes what it reads for durable.
   *
   * @param applied what the store holds; entries up to there were committed
   * @throws dev.trivet.errors.TrivetException DATA_CORRUPT when bytes are wrong and no crash
   *     explains it
   */
  static void cut(Path dataFolder, long applied) throws IOException {
    for (Path folder : RaftFiles.logs(dataFolder)) {
      try (DirectoryStream<Path> segments = Files.newDirectoryStream(folder, OPEN_SEGMENT + "*")) {
        for (Path segment : segments) {
          cutSegment(segment, applied);
        }
      }
      Folders.sync(folder);
    }
  }

  private static void cutSegment(Path segment, long applied) throws IOException {
    try (FileChannel channel =
        FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      int end;
      try (Arena arena = Arena.ofConfined()) {
        end =
            new TornTail(
                    channel
                        .map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
                        .asByteBuffer())
                .firstTorn(segment, applied);
      }
      if (end < channel.size()) {
        LOG.warn(
            "{} ends in an entry that was half written at byte {}: it was never acknowledged and"
                + " is cut off",
            segment,
            end);
        channel.truncate(end);
      }
      channel.force(true);
    }
  }

  /** Where the first torn entry begins; the end of the file when there is none. */
  private int firstTorn(Path segment, long applied) {
    String name = String.valueOf(segment.getFileName());
    long index = Long.parseLong(name.substring(OPEN_SEGMENT.length()));
    int start = Math.min(log.limit(), SegmentedRaftLogFormat.getHeaderLength());
    while (isWhole(start)) {
      start = recordEnd(start);
      index++;
    }
    if (isBlank(start, log.limit())) {
      return log.limit();
    }
    if (index <= applied || !isTorn(start)) {
      throw ErrorCode.DATA_CORRUPT.exception(
          "%s is damaged at byte %d, in entry %d: this node must not go on under its old identity"
                  .formatted(segment, start, index)
              + ". Empty its data folder, start it and admit it by 'trivet cluster add NAME'");
    }
    return start;
  }

  private boolean isWhole(int start) {
    if (start == log.limit() || SegmentedRaftLogFormat.isTerminator(log.get(start))) {
      return false;
    }
    int end = recordEnd(start);
    if (end == start || end > log.limit()) {
      return false;
    }
    CRC32C checksum = new CRC32C();
    checksum.update(log.slice(start, end - CHECKSUM_BYTES - start));
    return (int) checksum.getValue() == log.getInt(end - CHECKSUM_BYTES);
  }

  private boolean isTorn(int start) {
    int end = recordEnd(start);
    if (end > log.limit()) {
      return true;
    }
    for (int from = start; from < end; from = nextSector(from)) {
      if (isBlank(from, Math.min(end, nextSector(from)))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where the entry ends by its length, maybe behind the file's end. Without a length, where its
   * first sector does; the start itself when no crash can have made that length.
   */
  private int recordEnd(int start) {
    if (SegmentedRaftLogFormat.isTerminator(log.get(start))) {
      return Math.min(log.limit(), nextSector(start));
    }
    int length = 0;
    for (int i = 0; i < MAX_LENGTH_BYTES && start + i < log.limit(); i++) {
      byte next = log.get(start + i);
      length |= (next & (MORE - 1)) << (i * PAYLOAD_BITS);
      if ((next & MORE) == 0) {
        return length < 0 || length > RaftSettings.MAX_ENTRY_BYTES
            ? start
            : start + i + 1 + length + CHECKSUM_BYTES;
      }
    }
    return start;
  }

  private static int nextSector(int position) {
    return (position / SECTOR + 1) * SECTOR;
  }

  private boolean isBlank(int from, int to) {
    for (int at = from; at < to; at++) {
      if (!SegmentedRaftLogFormat.isTerminator(log.get(at))) {
        return false;
      }
    }
    return true;
  }
}

package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.files.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Numbers the writes of a volume's files and knows which extent each one took its bytes from. */
final class FileWrites {
  private final TreeMap<Integer, ByteString> extentOfWrite = new TreeMap<>();
  private int lastWrite;

  FileWrites copy() {
    FileWrites copy = new FileWrites();
    copy.extentOfWrite.putAll(extentOfWrite);
    copy.lastWrite = lastWrite;
    return copy;
  }

  void put(VolumeNode node, Slice slice) {
    int from = (int) slice.getOffset();
    int length = (int) slice.getLength();
    node.resize(Math.max(node.values.length, from + length));
    lastWrite++;
    if (slice.hasExtent()) {
      extentOfWrite.put(lastWrite, slice.getExtent().getExtentId());
    }
    for (int i = 0; i < length; i++) {
      node.writes[from + i] = lastWrite;
      node.values[from + i] =
          slice.hasExtent()
              ? VolumeModel.byteOf(
                  slice.getExtent().getExtentId(), slice.getExtent().getOffset() + i)
              : slice.getInline().byteAt(i);
    }
    node.settle();
  }

  /** One for each run of bytes that came from one write of an extent. */
  List<ByteString> extentsOf(VolumeNode node) {
    List<ByteString> found = new ArrayList<>();
    int last = 0;
    for (int write : node.writes) {
      ByteString extent = extentOfWrite.get(write);
      if (write != last && extent != null) {
        found.add(extent);
      }
      last = write;
    }
    return found;
  }
}

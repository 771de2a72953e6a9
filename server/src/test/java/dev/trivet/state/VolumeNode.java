package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.files.Attributes;
import java.util.Arrays;
import java.util.TreeMap;

/** Anything that has an inode number. */
final class VolumeNode {
  final Attributes.Builder attributes;
  final TreeMap<ByteString, Long> children = new TreeMap<>(ExtentModel.ORDER);
  long parent;
  long heldBy;
  byte[] values = {};

  /** For each byte the number of its write; 0 in a hole. */
  int[] writes = {};

  VolumeNode(Attributes.Builder attributes) {
    this.attributes = attributes;
  }

  boolean isDirectory() {
    return (attributes.getMode() & 0170000) == 0040000;
  }

  void resize(int size) {
    values = Arrays.copyOf(values, size);
    writes = Arrays.copyOf(writes, size);
    settle();
  }

  void settle() {
    attributes.setSizeBytes(values.length);
    attributes.setStoredBytes(Arrays.stream(writes).filter(write -> write != 0).count());
  }

  VolumeNode copy() {
    VolumeNode copy = new VolumeNode(attributes.clone());
    copy.children.putAll(children);
    copy.parent = parent;
    copy.heldBy = heldBy;
    copy.values = values.clone();
    copy.writes = writes.clone();
    return copy;
  }
}

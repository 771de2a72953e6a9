package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Link;
import dev.trivet.proto.files.MakeNode;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.Rename;
import dev.trivet.proto.files.SetAttributes;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.files.Write;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One volume's files: a tree of maps, and for every byte of a file its value and the write that it
 * came from. Runs of bytes from one write are what a slice is.
 */
final class VolumeFiles {
  final TreeMap<Long, VolumeNode> nodes = new TreeMap<>();
  private final FileWrites writes;
  private final long quota;
  private final ExtentModel extents;
  private long nextNumber = 2;
  private long nanos;
  private long session;

  VolumeFiles(long quota, long millis, ExtentModel extents) {
    this.quota = quota;
    this.extents = extents;
    this.writes = new FileWrites();
    this.nanos = millis * 1_000_000;
    VolumeNode root = new VolumeNode(stamped().setInode(1).setMode(0040755).setLinks(2));
    root.parent = 1;
    nodes.put(1L, root);
  }

  private VolumeFiles(VolumeFiles other, ExtentModel extents) {
    this.quota = other.quota;
    this.extents = extents;
    this.nextNumber = other.nextNumber;
    this.writes = other.writes.copy();
  }

  VolumeFiles copy(ExtentModel copiedExtents) {
    VolumeFiles copy = new VolumeFiles(this, copiedExtents);
    nodes.forEach((number, node) -> copy.nodes.put(number, node.copy()));
    return copy;
  }

  /** The same files, counting references elsewhere. */
  VolumeFiles with(ExtentModel otherExtents) {
    VolumeFiles same = new VolumeFiles(this, otherExtents);
    same.nodes.putAll(nodes);
    return same;
  }

  long usedBytes() {
    return nodes.values().stream().mapToLong(node -> node.attributes.getStoredBytes()).sum();
  }

  void dropAll() {
    nodes.values().forEach(this::dropBytes);
  }

  void dropOrphansOf(long gone) {
    for (VolumeNode node : List.copyOf(nodes.values())) {
      if (node.heldBy == gone) {
        drop(node);
      }
    }
  }

  Attributes apply(Operation operation, long bySession, long millis) {
    session = bySession;
    nanos = millis * 1_000_000;
    return switch (operation.getKindCase()) {
      case MAKE_NODE -> make(operation.getMakeNode());
      case LINK -> link(operation.getLink());
      case UNLINK -> {
        var unlink = operation.getUnlink();
        yield remove(unlink.getParent(), unlink.getName(), false, unlink.getKeepOpen());
      }
      case REMOVE_DIRECTORY -> {
        var remove = operation.getRemoveDirectory();
        yield remove(remove.getParent(), remove.getName(), true, false);
      }
      case RENAME -> rename(operation.getRename());
      case SET_ATTRIBUTES -> setAttributes(operation.getSetAttributes());
      case WRITE -> write(operation.getWrite());
      case RELEASE -> {
        VolumeNode node = nodes.get(operation.getRelease().getInode());
        if (node != null && node.heldBy == session) {
          drop(node);
        }
        yield Attributes.getDefaultInstance();
      }
      case KIND_NOT_SET -> throw ErrorCode.INVALID_ARGUMENT.exception();
    };
  }

  private Attributes make(MakeNode operation) {
    requireName(operation.getName());
    int type = operation.getMode() & 0170000;
    boolean isLink = type == 0120000;
    if (isLink == operation.getSymlinkTarget().isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
    VolumeNode parent = directory(operation.getParent());
    if (parent.children.containsKey(operation.getName())) {
      throw ErrorCode.ENTRY_EXISTS.exception();
    }
    boolean isDirectory = type == 0040000;
    boolean isInheriting = (parent.attributes.getMode() & 02000) != 0;
    VolumeNode node =
        new VolumeNode(
            stamped()
                .setInode(nextNumber++)
                .setMode(operation.getMode() | (isDirectory && isInheriting ? 02000 : 0))
                .setLinks(isDirectory ? 2 : 1)
                .setUid(operation.getUid())
                .setGid(isInheriting ? parent.attributes.getGid() : operation.getGid())
                .setSizeBytes(operation.getSymlinkTarget().size())
                .setSymlinkTarget(operation.getSymlinkTarget()));
    nodes.put(node.attributes.getInode(), node);
    requireQuota();
    node.parent = isDirectory ? operation.getParent() : 0;
    parent.children.put(operation.getName(), node.attributes.getInode());
    addLinks(parent, isDirectory ? 1 : 0);
    touchEntries(parent);
    return node.attributes.build();
  }

  private Attributes link(Link operation) {
    requireName(operation.getName());
    VolumeNode parent = directory(operation.getParent());
    VolumeNode node = node(operation.getInode());
    if (parent.children.containsKey(operation.getName())) {
      throw ErrorCode.ENTRY_EXISTS.exception();
    }
    if (node.isDirectory()) {
      throw ErrorCode.NOT_PERMITTED.exception();
    }
    if (node.attributes.getLinks() == 0) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    parent.children.put(operation.getName(), operation.getInode());
    addLinks(node, 1);
    node.attributes.setChangeTimeNanos(nanos);
    touchEntries(parent);
    return node.attributes.build();
  }

  private Attributes remove(
      long directory, ByteString name, boolean isOfDirectory, boolean isKeptOpen) {
    requireName(name);
    VolumeNode parent = directory(directory);
    VolumeNode node = entry(parent, name);
    if (node.isDirectory() != isOfDirectory) {
      throw (isOfDirectory ? ErrorCode.NOT_A_DIRECTORY : ErrorCode.IS_A_DIRECTORY).exception();
    }
    Attributes result = dropName(node, isKeptOpen);
    parent.children.remove(name);
    addLinks(parent, isOfDirectory ? -1 : 0);
    touchEntries(parent);
    return result;
  }

  private Attributes rename(Rename operation) {
    if (operation.getFlags() > 2) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
    requireName(operation.getOldName());
    requireName(operation.getNewName());
    VolumeNode from = directory(operation.getOldParent());
    VolumeNode to = directory(operation.getNewParent());
    VolumeNode moved = entry(from, operation.getOldName());
    Long targetNumber = to.children.get(operation.getNewName());
    VolumeNode target = targetNumber == null ? null : node(targetNumber);
    boolean isExchange = operation.getFlags() == 2;
    if (target != null && operation.getFlags() == 1) {
      throw ErrorCode.ENTRY_EXISTS.exception();
    }
    if (target == null && isExchange) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    if (target == moved) {
      return moved.attributes.build();
    }
    if (isWithin(to, moved) || (target != null && isExchange && isWithin(from, target))) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
    if (target != null && !isExchange) {
      if (moved.isDirectory() && !target.isDirectory()) {
        throw ErrorCode.NOT_A_DIRECTORY.exception();
      }
      if (!moved.isDirectory() && target.isDirectory()) {
        throw ErrorCode.IS_A_DIRECTORY.exception();
      }
      addLinks(to, target.isDirectory() ? -1 : 0);
      dropName(target, operation.getKeepOpen());
    }
    from.children.remove(operation.getOldName());
    to.children.put(operation.getNewName(), moved.attributes.getInode());
    place(moved, from, to);
    if (target != null && isExchange) {
      from.children.put(operation.getOldName(), target.attributes.getInode());
      place(target, to, from);
    }
    touchEntries(from);
    touchEntries(to);
    return moved.attributes.build();
  }

  private void place(VolumeNode moved, VolumeNode from, VolumeNode to) {
    if (moved.isDirectory()) {
      addLinks(from, -1);
      addLinks(to, 1);
      moved.parent = to.attributes.getInode();
    }
    moved.attributes.setChangeTimeNanos(nanos);
  }

  /** Whether a directory is another node or lies below it. */
  private boolean isWithin(VolumeNode directory, VolumeNode other) {
    VolumeNode at = directory;
    while (at != other && at.attributes.getInode() != 1) {
      at = node(at.parent);
    }
    return at == other;
  }

  private Attributes setAttributes(SetAttributes operation) {
    VolumeNode node = node(operation.getInode());
    if ((operation.getMode() & ~07777) != 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
    Attributes.Builder attributes = node.attributes;
    if (operation.hasSizeBytes()) {
      requireRegular(node);
      requireSize(operation.getSizeBytes());
      int size = Math.toIntExact(operation.getSizeBytes());
      if (size == 0) {
        // Emptied files get their new bytes under a number of their own, and are swept later.
        nextNumber += attributes.getStoredBytes() == 0 ? 0 : 1;
        dropBytes(node);
      }
      List<ByteString> before = writes.extentsOf(node);
      node.resize(size);
      release(before, writes.extentsOf(node));
      attributes.setModifyTimeNanos(nanos);
    }
    if (operation.hasMode()) {
      attributes.setMode((attributes.getMode() & 0170000) | operation.getMode());
    }
    if (operation.hasUid()) {
      attributes.setUid(operation.getUid());
    }
    if (operation.hasGid()) {
      attributes.setGid(operation.getGid());
    }
    if (operation.hasAccessTimeNanos()) {
      attributes.setAccessTimeNanos(operation.getAccessTimeNanos());
    }
    if (operation.hasModifyTimeNanos()) {
      attributes.setModifyTimeNanos(operation.getModifyTimeNanos());
    }
    if (operation.getAccessTimeNow()) {
      attributes.setAccessTimeNanos(nanos);
    }
    if (operation.getModifyTimeNow()) {
      attributes.setModifyTimeNanos(nanos);
    }
    attributes.setChangeTimeNanos(nanos);
    return attributes.build();
  }

  private Attributes write(Write operation) {
    VolumeNode node = node(operation.getInode());
    requireRegular(node);
    requireSize(operation.getMinimumSizeBytes());
    for (Slice slice : operation.getSlicesList()) {
      requireSize(slice.getOffset() + slice.getLength());
      if (slice.hasExtent() && !extents.mayRetain(slice.getExtent().getExtentId())) {
        throw ErrorCode.UPLOAD_EXPIRED.exception();
      }
    }
    List<ByteString> before = writes.extentsOf(node);
    long usedBefore = usedBytes();
    for (Slice slice : operation.getSlicesList()) {
      writes.put(node, slice);
      ByteString id = slice.getExtent().getExtentId();
      if (slice.hasExtent() && !extents.sizes.containsKey(id)) {
        extents.sizes.put(id, sizeSaid(operation, slice));
      }
    }
    writes.extentsOf(node).forEach(id -> extents.references.merge(id, 1, Integer::sum));
    operation.getSlicesList().stream()
        .filter(Slice::hasExtent)
        .forEach(slice -> extents.references.putIfAbsent(slice.getExtent().getExtentId(), 0));
    before.forEach(extents::release);
    if (usedBytes() > usedBefore) {
      requireQuota();
    }
    node.resize(Math.max(node.values.length, (int) operation.getMinimumSizeBytes()));
    node.attributes.setModifyTimeNanos(nanos).setChangeTimeNanos(nanos);
    return node.attributes.build();
  }

  private static long sizeSaid(Write operation, Slice slice) {
    if (slice.getExtent().getSizeBytes() != 0) {
      return slice.getExtent().getSizeBytes();
    }
    return operation.getSlicesList().stream()
        .filter(other -> other.getExtent().getExtentId().equals(slice.getExtent().getExtentId()))
        .mapToLong(other -> other.getExtent().getOffset() + other.getLength())
        .max()
        .orElse(0);
  }

  private void release(List<ByteString> before, List<ByteString> after) {
    after.forEach(id -> extents.references.merge(id, 1, Integer::sum));
    before.forEach(extents::release);
  }

  private Attributes dropName(VolumeNode node, boolean isKeptOpen) {
    if (node.isDirectory()) {
      if (!node.children.isEmpty()) {
        throw ErrorCode.DIRECTORY_NOT_EMPTY.exception();
      }
      node.attributes.setLinks(0);
    } else {
      addLinks(node, -1);
    }
    node.attributes.setChangeTimeNanos(nanos);
    Attributes result = node.attributes.build();
    if (node.attributes.getLinks() == 0) {
      if (isKeptOpen && !node.isDirectory()) {
        node.heldBy = session;
      } else {
        drop(node);
      }
    }
    return result;
  }

  private void drop(VolumeNode node) {
    dropBytes(node);
    nodes.remove(node.attributes.getInode());
  }

  private void dropBytes(VolumeNode node) {
    writes.extentsOf(node).forEach(extents::releaseLater);
    Arrays.fill(node.writes, 0);
    node.settle();
  }

  private static void requireName(ByteString name) {
    if (name.size() > 255) {
      throw ErrorCode.NAME_TOO_LONG.exception();
    }
    String text = name.toStringUtf8();
    if (text.isEmpty() || text.equals(".") || text.equals("..") || text.contains("/")) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
  }

  private static void requireSize(long size) {
    if (size < 0 || size > 1L << 62) {
      throw ErrorCode.FILE_TOO_LARGE.exception();
    }
  }

  private static void requireRegular(VolumeNode node) {
    if (node.isDirectory()) {
      throw ErrorCode.IS_A_DIRECTORY.exception();
    }
    if ((node.attributes.getMode() & 0170000) != 0100000) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
  }

  private void requireQuota() {
    if (quota != 0 && usedBytes() + 512L * nodes.size() > quota) {
      throw ErrorCode.QUOTA_EXCEEDED.exception();
    }
  }

  private VolumeNode node(long number) {
    @Nullable VolumeNode found = nodes.get(number);
    if (found == null) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    return found;
  }

  private VolumeNode directory(long number) {
    VolumeNode found = node(number);
    if (!found.isDirectory()) {
      throw ErrorCode.NOT_A_DIRECTORY.exception();
    }
    return found;
  }

  private VolumeNode entry(VolumeNode directory, ByteString name) {
    Long number = directory.children.get(name);
    if (number == null) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    return node(number);
  }

  private void touchEntries(VolumeNode directory) {
    directory.attributes.setModifyTimeNanos(nanos).setChangeTimeNanos(nanos);
  }

  private static void addLinks(VolumeNode node, int links) {
    node.attributes.setLinks(node.attributes.getLinks() + links);
  }

  private Attributes.Builder stamped() {
    return Attributes.newBuilder()
        .setAccessTimeNanos(nanos)
        .setModifyTimeNanos(nanos)
        .setChangeTimeNanos(nanos);
  }
}

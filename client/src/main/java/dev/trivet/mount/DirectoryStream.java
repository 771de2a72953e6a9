package dev.trivet.mount;

import com.google.protobuf.ByteString;
import dev.trivet.proto.api.ReadDirectoryRequest;
import dev.trivet.proto.api.ReadDirectoryResponse;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.files.DirectoryEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One open directory, read page by page. The kernel knows places in it by number: 0 and 1 are the
 * directory itself and its parent, {@code n + 2} is the n-th name. Only the page that was read last
 * is here, and where each one before it began, so a place far back costs a page and no more.
 */
final class DirectoryStream {
  private static final int PAGE_ENTRIES = 512;

  private final SessionCalls calls;
  private final long inode;

  /** For each page that was seen: the number of its first name, and the name before it. */
  private final List<Start> starts = new ArrayList<>();

  private int page = -1;
  private long readAt;
  private ReadDirectoryResponse answer = ReadDirectoryResponse.getDefaultInstance();

  private record Start(long number, ByteString after) {}

  DirectoryStream(SessionCalls calls, long inode) {
    this.calls = calls;
    this.inode = inode;
    starts.add(new Start(0, ByteString.EMPTY));
  }

  /** Begins anew: what changed in the directory since shows. */
  void rewind() {
    page = -1;
    starts.subList(1, starts.size()).clear();
  }

  long parent(Changes changes) {
    if (page < 0) {
      load(0, changes);
    }
    return answer.getParent();
  }

  /** {@link Changes#now} from before the names came that {@link #entry} gives. */
  long readAt() {
    return readAt;
  }

  /** The n-th name, or null behind the last one. */
  @Nullable DirectoryEntry entry(long number, Changes changes) {
    int wanted = page < 0 ? 0 : page;
    while (true) {
      while (wanted > 0 && number < starts.get(wanted).number()) {
        wanted--;
      }
      if (wanted != page) {
        load(wanted, changes);
      }
      long index = number - starts.get(page).number();
      if (index < answer.getEntriesCount()) {
        return answer.getEntries((int) index);
      }
      if (!answer.getMore() || answer.getEntriesCount() == 0) {
        return null;
      }
      wanted = page + 1;
      if (wanted == starts.size()) {
        starts.add(
            new Start(
                starts.get(page).number() + answer.getEntriesCount(),
                answer.getEntries(answer.getEntriesCount() - 1).getName()));
      }
    }
  }

  private void load(int wanted, Changes changes) {
    readAt = changes.now();
    answer =
        calls.call(
            VolumesGrpc.getReadDirectoryMethod(),
            ReadDirectoryRequest.newBuilder()
                .setSessionId(calls.sessionId())
                .setInode(inode)
                .setAfterName(starts.get(wanted).after())
                .setLimit(PAGE_ENTRIES)
                .build());
    page = wanted;
  }
}

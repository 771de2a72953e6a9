package dev.trivet.state.leases;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.LeaseLeasesResponse;
import dev.trivet.proto.etcd.LeaseStatus;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.log.LeaseRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads of leases. */
public final class LeaseQueries {
  private LeaseQueries() {}

  /**
   * A lease and its keys, with the granted time for what is left of it, which only the leader
   * knows; a time to live of -1 for an unknown one.
   */
  public static LeaseTimeToLiveResponse timeToLive(Rows rows, long id, boolean isWithKeys) {
    LeaseTimeToLiveResponse.Builder response =
        LeaseTimeToLiveResponse.newBuilder().setHeader(header(rows)).setID(id);
    LeaseRecord lease = LeaseRows.find(rows, id);
    if (lease == null) {
      return response.setTTL(-1).build();
    }
    response.setTTL(lease.getTtlSeconds()).setGrantedTTL(lease.getTtlSeconds());
    if (isWithKeys) {
      LeaseRows.keysOf(rows, id).forEach(key -> response.addKeys(ByteString.copyFrom(key)));
    }
    return response.build();
  }

  /** All leases, in the order of their ids. */
  public static LeaseLeasesResponse leases(Rows rows) {
    LeaseLeasesResponse.Builder response = LeaseLeasesResponse.newBuilder().setHeader(header(rows));
    LeaseRows.each(
        rows, lease -> response.addLeases(LeaseStatus.newBuilder().setID(lease.getId())));
    return response.build();
  }

  /** The keys on a lease, in key order. */
  public static List<ByteString> keysOf(Rows rows, long id) {
    return LeaseRows.keysOf(rows, id).stream().map(ByteString::copyFrom).toList();
  }

  /** The smallest key on a lease, and the largest; null when there is none. */
  public static @Nullable Bounds boundsOf(Rows rows, long id) {
    byte[] first = LeaseRows.edgeOf(rows, id, false);
    byte[] last = LeaseRows.edgeOf(rows, id, true);
    return first == null || last == null
        ? null
        : new Bounds(ByteString.copyFrom(first), ByteString.copyFrom(last));
  }

  /** Both included. */
  public record Bounds(ByteString first, ByteString last) {}

  /** The ids of all leases. */
  public static List<Long> ids(Rows rows) {
    List<Long> ids = new ArrayList<>();
    LeaseRows.each(rows, lease -> ids.add(lease.getId()));
    return ids;
  }

  /** Gives all leases to a receiver, in the order of their ids. */
  public static void each(Rows rows, Consumer<LeaseRecord> receiver) {
    LeaseRows.each(rows, receiver);
  }

  /** Whether a session or a token is due. */
  public static boolean anyDueBy(Rows rows, long millis) {
    return !DueTable.dueBy(rows, millis, 1).isEmpty();
  }

  private static ResponseHeader header(Rows rows) {
    return ResponseHeader.newBuilder().setRevision(Counter.REVISION.in(rows)).build();
  }
}

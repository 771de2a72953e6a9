package dev.trivet.bench.churn;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;

/**
 * Lists of all objects in pages, one list at a time. A list whose revision is compacted under way
 * begins again. Owned by the wire's thread.
 */
final class Lists {
  private static final String RANGE = KVGrpc.getRangeMethod().getFullMethodName();
  private static final int PAGE_OBJECTS = 500;

  private final Connections connections;
  private final Tally tally;
  private PageCheck check;
  private boolean isUnderWay;

  Lists(Connections connections, Tally tally) {
    this.connections = connections;
    this.tally = tally;
    this.check = new PageCheck(tally::violated);
  }

  /** Begins a list unless one is under way. */
  void begin() {
    if (!isUnderWay) {
      isUnderWay = true;
      check = new PageCheck(tally::violated);
      page(Pods.PREFIX);
    }
  }

  /** Pages are asked for at all nodes in turns, as a client behind a balancer does. */
  private void page(ByteString from) {
    byte[] request =
        RangeRequest.newBuilder()
            .setKey(from)
            .setRangeEnd(Pods.END)
            .setLimit(PAGE_OBJECTS)
            .setRevision(check.revision())
            .build()
            .toByteArray();
    connections
        .next()
        .unary(
            RANGE,
            request,
            new Answer<>(
                RangeResponse.getDefaultInstance(),
                RangeResponse::parseFrom,
                this::answered,
                this::failed));
  }

  private void answered(RangeResponse page) {
    check.page(page);
    if (page.getMore() && page.getKvsCount() > 0) {
      page(check.next());
    } else {
      isUnderWay = false;
      tally.listed();
    }
  }

  private void failed(String failure) {
    isUnderWay = false;
    // Only a page after the first names a revision, which may be compacted.
    if (check.revision() > 0 && failure.contains("compacted")) {
      tally.listBegunAgain();
      begin();
    } else {
      tally.failed("a list: " + failure);
    }
  }
}

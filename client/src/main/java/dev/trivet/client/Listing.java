package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeResponse;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * Reads a query page by page, all pages at the revision of the first: what is written meanwhile
 * does not show, and nothing is left out or comes twice. One page is in memory. One thread.
 *
 * <p>A listing that takes longer than the history is kept fails with COMPACTED.
 */
final class Listing implements Iterator<KeyValue> {
  private final Function<Query, RangeResponse> read;
  private final Query whole;
  private final long limit;
  private Iterator<KeyValue> page;
  private KeyValue last = KeyValue.getDefaultInstance();
  private long revision;
  private long given;
  private boolean hasMore;

  /**
   * @param pageSize keys asked for at a time, at least 1
   */
  Listing(Function<Query, RangeResponse> read, Query whole, int pageSize) {
    if (pageSize < 1) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a page has " + pageSize + " keys, at least 1 is needed");
    }
    if (!whole.isPageable()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("only keys in their own order come in pages");
    }
    this.read = read;
    this.limit = whole.toRequest().getLimit();
    this.whole = whole.limit(pageSize);
    this.page = take(read.apply(this.whole));
  }

  private Iterator<KeyValue> take(RangeResponse response) {
    long asked = whole.toRequest().getRevision();
    revision = asked == 0 ? response.getHeader().getRevision() : asked;
    hasMore = response.getMore();
    return response.getKvsList().iterator();
  }

  @Override
  public boolean hasNext() {
    if (limit > 0 && given == limit) {
      return false;
    }
    if (!page.hasNext() && hasMore) {
      long atRevision = revision;
      page = take(read.apply(whole.behind(last.getKey(), atRevision)));
      revision = atRevision;
    }
    return page.hasNext();
  }

  @Override
  public KeyValue next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the listing is at its end");
    }
    last = page.next();
    given++;
    return last;
  }
}

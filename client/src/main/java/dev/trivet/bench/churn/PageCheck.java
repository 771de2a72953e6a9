package dev.trivet.bench.churn;

import com.google.protobuf.ByteString;
import dev.trivet.bench.churn.Violation.Kind;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeResponse;
import java.util.function.Consumer;

/**
 * What the pages of one list may hold: keys that rise strictly from page to page, nothing that was
 * written after the list's revision, and each page as many as the pages before it have left, which
 * does not hold if they are not all of one revision.
 */
final class PageCheck {
  private final Consumer<Violation> violations;
  private ByteString last = ByteString.EMPTY;
  private long revision;
  private long left;
  private boolean isBroken;

  /**
   * A check of a list that has no page yet.
   *
   * @param violations told of the first of the list
   */
  PageCheck(Consumer<Violation> violations) {
    this.violations = violations;
  }

  void page(RangeResponse page) {
    if (revision == 0) {
      revision = page.getHeader().getRevision();
      left = page.getCount();
    }
    if (page.getCount() != left) {
      violated(
          "a page says that %d objects are left, the one before said %d"
              .formatted(page.getCount(), left));
    }
    for (KeyValue object : page.getKvsList()) {
      if (ByteString.unsignedLexicographicalComparator().compare(object.getKey(), last) <= 0) {
        violated("%s came after %s".formatted(object.getKey().toStringUtf8(), last.toStringUtf8()));
      }
      if (object.getModRevision() > revision) {
        violated("an object of revision %d is in it".formatted(object.getModRevision()));
      }
      last = object.getKey();
    }
    left -= page.getKvsCount();
    if (page.getMore() != left > 0) {
      violated("%d objects are left, but 'more' is %s".formatted(left, page.getMore()));
    }
  }

  /** Of the first page, and to be asked for with each other one; 0 before the first. */
  long revision() {
    return revision;
  }

  /** The first key that a next page may have. */
  ByteString next() {
    return last.concat(ByteString.copyFrom(new byte[1]));
  }

  private void violated(String what) {
    if (!isBroken) {
      isBroken = true;
      violations.accept(
          new Violation(Kind.TORN_LIST, "a list at revision " + revision + ": " + what));
    }
  }
}

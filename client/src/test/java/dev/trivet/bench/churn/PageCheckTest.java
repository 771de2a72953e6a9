package dev.trivet.bench.churn;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists of three objects at revision 9 in pages of two. */
final class PageCheckTest {
  private final List<Violation.Kind> found = new ArrayList<>();
  private final PageCheck check = new PageCheck(violation -> found.add(violation.kind()));

  @Test
  void pagesOfOneRevisionAreNoViolation() {
    check.page(page(9, 3, object("a", 5), object("b", 9)));
    check.page(page(20, 1, object("c", 7)));

    assertThat(found).isEmpty();
    assertThat(check.revision()).isEqualTo(9);
    assertThat(check.next()).isEqualTo(ByteString.copyFromUtf8("c\0"));
  }

  @Test
  void anObjectOnTwoPagesIsAViolation() {
    check.page(page(9, 3, object("a", 5), object("b", 9)));

    check.page(page(9, 1, object("b", 9)));

    assertThat(found).containsExactly(Violation.Kind.TORN_LIST);
  }

  @Test
  void objectsOutOfOrderAreAViolation() {
    check.page(page(9, 3, object("b", 5), object("a", 9)));

    assertThat(found).containsExactly(Violation.Kind.TORN_LIST);
  }

  @Test
  void anObjectWrittenAfterTheListIsAViolation() {
    check.page(page(9, 3, object("a", 5), object("b", 9)));

    check.page(page(9, 1, object("c", 10)));

    assertThat(found).containsExactly(Violation.Kind.TORN_LIST);
  }

  @Test
  void aPageThatCountsAnObjectCreatedSinceIsAViolation() {
    check.page(page(9, 3, object("a", 5), object("b", 9)));

    check.page(page(9, 2, object("c", 7), object("d", 8)));

    assertThat(found).containsExactly(Violation.Kind.TORN_LIST);
  }

  @Test
  void aLastPageThatLacksAnObjectIsAViolation() {
    check.page(page(9, 3, object("a", 5), object("b", 9)));

    check.page(page(9, 1).toBuilder().setMore(false).build());

    assertThat(found).containsExactly(Violation.Kind.TORN_LIST);
  }

  private static RangeResponse page(long revision, long left, KeyValue... objects) {
    return RangeResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setRevision(revision))
        .setCount(left)
        .addAllKvs(List.of(objects))
        .setMore(left > objects.length)
        .build();
  }

  private static KeyValue object(String key, long modified) {
    return KeyValue.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setModRevision(modified)
        .build();
  }
}

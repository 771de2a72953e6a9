package dev.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TxnTextTest {
  @Test
  void theTextThatEtcdctlReadsIsRead() throws TextFormat.ParseException {
    TxnRequest request =
        TxnText.parse(
            """
            mod("key1") > "0"
            value("a b") = "x\\"y"

            put key1 "overwrote key1"
            put k v --lease=1f

            get key1
            get a --prefix
            del key1 key9
            """);

    assertThat(request)
        .isEqualTo(
            TextFormat.parse(
                """
                compare { result: GREATER target: MOD key: "key1" mod_revision: 0 }
                compare { result: EQUAL target: VALUE key: "a b" value: "x\\"y" }
                success { request_put { key: "key1" value: "overwrote key1" } }
                success { request_put { key: "k" value: "v" lease: 31 } }
                failure { request_range { key: "key1" } }
                failure { request_range { key: "a" range_end: "b" } }
                failure { request_delete_range { key: "key1" range_end: "key9" } }
                """,
                TxnRequest.class));
  }

  @Test
  void allComparesAreKnown() {
    List<Compare> compares =
        TxnText.of(
                List.of(
                    "ver(k) < 1", "create(k) != 2", "lease(k) = ff", "val(k) = 'v w'", "mod(k)=3"),
                List.of(),
                List.of())
            .getCompareList();

    assertThat(compares).extracting(Compare::getVersion).first().isEqualTo(1L);
    assertThat(compares.get(1).getCreateRevision()).isEqualTo(2);
    assertThat(compares.get(2).getLease()).isEqualTo(255);
    assertThat(compares.get(3).getValue().toStringUtf8()).isEqualTo("v w");
    assertThat(compares.get(4).getModRevision()).isEqualTo(3);
  }

  @Test
  void whatCannotBeReadSaysWhatIsAllowed() {
    assertWrong("mod(k)", "", "a compare is as");
    assertWrong("size(k) = 1", "", "compare mod, create");
    assertWrong("mod(k) = x", "", "compares with a number");
    assertWrong("", "put k", "put needs KEY and VALUE");
    assertWrong("", "move a b", "an operation is put, get or del");
    assertWrong("", "get a --rev=1", "known here are");
    assertWrong("", "put k \"v", "a quote without an end");
    assertThatThrownBy(() -> TxnText.parse("\n\n\n\nget a\n")).hasMessageContaining("3 parts");
  }

  private static void assertWrong(String compare, String operation, String text) {
    assertThatThrownBy(
            () ->
                TxnText.of(
                    compare.isEmpty() ? List.of() : List.of(compare),
                    operation.isEmpty() ? List.of() : List.of(operation),
                    List.of()))
        .hasMessageContaining(text);
  }
}

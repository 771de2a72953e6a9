package dev.trivet.api.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.api.ApiNode;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserChangePasswordRequest;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Users whose passwords another program has hashed. */
@Timeout(120)
@ExtendWith(GuardedCluster.Shared.class)
final class ForeignHashesTest {
  /** Published with bcrypt libraries as what "abc" and the alphabet make. */
  private static final String ABC = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";

  private static final String ALPHABET =
      "$2a$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq";
  private static final String ALPHABET_TEXT = "abcdefghijklmnopqrstuvwxyz";

  private final GuardedCluster cluster;
  private final AuthGrpc.AuthBlockingStub auth;

  ForeignHashesTest(GuardedCluster cluster) {
    this.cluster = cluster;
    this.auth = AuthGrpc.newBlockingStub(cluster.root);
  }

  @Test
  void aUserIsMadeWithAPasswordThatWasHashedElsewhere() {
    var _ =
        auth.userAdd(
            AuthUserAddRequest.newBuilder()
                .setName("moved")
                .setHashedPassword(base64(ALPHABET))
                .build());

    for (ApiNode node : cluster.nodes.nodes) {
      assertThat(GuardedCluster.token(node, "moved", ALPHABET_TEXT)).isNotEmpty();
      assertThatThrownBy(() -> GuardedCluster.token(node, "moved", ALPHABET_TEXT + "a"))
          .hasMessageContaining("authentication failed");
      assertThatThrownBy(() -> GuardedCluster.token(node, "moved", ""))
          .hasMessageContaining("authentication failed");
    }
  }

  @Test
  void aPasswordIsReplacedByOneThatWasHashedElsewhereAndBack() {
    ApiNode node = cluster.nodes.leader();
    cluster.addUser("swapped");

    change("swapped", AuthUserChangePasswordRequest.newBuilder().setHashedPassword(base64(ABC)));

    assertThat(GuardedCluster.token(node, "swapped", "abc")).isNotEmpty();
    assertThatThrownBy(() -> GuardedCluster.token(node, "swapped", "swapped"))
        .hasMessageContaining("authentication failed");
    change("swapped", AuthUserChangePasswordRequest.newBuilder().setPassword("again"));
    assertThat(GuardedCluster.token(node, "swapped", "again")).isNotEmpty();
  }

  @Test
  void whatIsNoHashOrTooSlowIsRefused() {
    for (String[] each :
        new String[][] {
          {"%", "hashedPassword is no base64"},
          {base64("secret"), "hashedPassword is no hash of bcrypt's"},
          {base64(ABC.replace("2a", "2x")), "hashedPassword is no hash of bcrypt's"},
          {base64(ABC + "x"), "hashedPassword is no hash of bcrypt's"},
          {base64(ABC.replace("$06$", "$15$")), "a cost of 15; allowed are 4 to 14"},
          {base64(ABC.replace("$06$", "$00$")), "a cost of 0; allowed are 4 to 14"}
        }) {
      AuthUserAddRequest request =
          AuthUserAddRequest.newBuilder().setName("refused").setHashedPassword(each[0]).build();
      assertThatThrownBy(() -> auth.userAdd(request))
          .hasMessageStartingWith("INVALID_ARGUMENT: ")
          .hasMessageContaining(each[1]);
    }
  }

  private void change(String user, AuthUserChangePasswordRequest.Builder request) {
    var _ = auth.userChangePassword(request.setName(user).build());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
  }
}

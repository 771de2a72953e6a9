package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the client makes of names that come, go and move. */
@Timeout(120)
final class NamesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";
  private static final String ONE = "one.trivet.test";
  private static final String OTHER = "other.trivet.test";

  private SmallNode one;
  private SmallNode other;

  @BeforeEach
  void start() throws IOException {
    one = SmallNode.start();
    other = SmallNode.start();
    TestNames.set(ONE, HERE);
    TestNames.set(OTHER, HERE);
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
    TestNames.forget(ONE);
    TestNames.forget(OTHER);
  }

  @Test
  void aNodeWhoseNameIsKnownLaterIsCalledOnceItIs() {
    TestNames.forget(OTHER);
    try (TrivetClient client = connect(endpoint(ONE, one), endpoint(OTHER, other))) {
      call(client, 4);
      assertThat(one.calls()).isEqualTo(4);

      TestNames.set(OTHER, HERE);

      await().atMost(PATIENCE).until(() -> isReached(client, other));
    }
  }

  @Test
  void aNameThatCannotBeLookedUpAnyMoreKeepsItsConnection() {
    try (TrivetClient client = connect(endpoint(ONE, one), endpoint(OTHER, other))) {
      await().atMost(PATIENCE).until(() -> isReached(client, other));

      TestNames.forget(OTHER);
      // A lost connection has all names looked up.
      one.close();
      int before = other.calls();
      call(client, 40);

      assertThat(other.calls()).isGreaterThanOrEqualTo(before + 40);
    }
  }

  @Test
  void aNodeThatComesBackAtAnotherAddressIsFoundByItsName() throws IOException {
    try (TrivetClient client = connect(endpoint(ONE, one))) {
      call(client, 1);
      int port = one.port();
      one.close();
      one = SmallNode.startAt(new InetSocketAddress(ELSEWHERE, port));

      TestNames.set(ONE, ELSEWHERE);

      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(TrivetException.class)
          .until(() -> isReached(client, one));
    }
  }

  @Test
  void namesOfWhichNoneIsKnownAreToldAndLookedUpAgain() {
    TestNames.forget(ONE);
    try (TrivetClient client = connect(endpoint(ONE, one))) {
      assertThatThrownBy(() -> call(client, 1))
          .isInstanceOf(TrivetException.class)
          .hasMessageContaining("cannot resolve any of [" + ONE + "]");

      TestNames.set(ONE, HERE);

      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(TrivetException.class)
          .until(() -> isReached(client, one));
    }
  }

  private static TrivetClient connect(String... endpoints) {
    return TrivetClient.connect(List.of(endpoints));
  }

  private static String endpoint(String host, SmallNode node) {
    return host + ":" + node.port();
  }

  private static boolean isReached(TrivetClient client, SmallNode node) {
    int before = node.calls();
    call(client, 2);
    return node.calls() > before;
  }

  private static void call(TrivetClient client, int times) {
    for (int i = 0; i < times; i++) {
      var _ = client.keys().get(bytes("k"));
    }
  }
}

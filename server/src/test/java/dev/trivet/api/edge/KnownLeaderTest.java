package dev.trivet.api.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.ApiCluster;
import dev.trivet.api.QuietLog;
import dev.trivet.replicate.Leadership;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class KnownLeaderTest {
  /** A log that tells of a lower term than before, as one whose node starts anew. */
  private static final class Falling extends QuietLog {
    volatile long term = 7;

    @Override
    public Leadership leadership() {
      return new Leadership(term, null, false);
    }
  }

  @Test
  void theTermThatIsToldNeverGoesBack() {
    Falling log = new Falling();
    KnownLeader leader = new KnownLeader(log);
    assertThat(leader.term()).isEqualTo(7);

    log.term = 5;
    await().atMost(ApiCluster.PATIENCE).until(() -> leader.leadership().term() == 5);

    assertThat(leader.term()).isEqualTo(7);
    log.term = 8;
    await().atMost(ApiCluster.PATIENCE).until(() -> leader.term() == 8);
  }
}

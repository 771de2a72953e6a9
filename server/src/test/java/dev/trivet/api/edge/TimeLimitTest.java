package dev.trivet.api.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.trivet.errors.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TimeLimitTest {
  private static final Duration LIMIT = Duration.ofMillis(400);

  private final TimeLimit limit = TimeLimit.start(LIMIT);

  @Test
  void ofWhatIsNotDoneInTimeNobodyKnowsWhatCameOfIt() {
    long begin = System.nanoTime();
    CompletableFuture<Long> never = limit.limit(new CompletableFuture<>());
    CompletableFuture<Long> done = limit.limit(new CompletableFuture<>());
    done.complete(7L);

    Throwable late = catchThrowable(() -> never.get(30, TimeUnit.SECONDS));

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(LIMIT);
    assertThat(Statuses.classify(late).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(Statuses.of(late)).hasMessage("UNAVAILABLE: etcdserver: request timed out");
    assertThat(done).isCompletedWithValue(7L);
  }
}

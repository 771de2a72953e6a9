package dev.trivet.failing;

import dev.trivet.failing.Failure.Kind;
import dev.trivet.failing.Failure.Manner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the same work again and again, each time on a folder of its own, with one operation failing:
 * the first of each kind, the second, ... until a run is untouched.
 */
public final class EachFailure {
  /** More operations than any work here has: a loop that does not end is a mistake. */
  private static final int MOST = 2_000;

  private final Path home;
  private final boolean isArmed;
  private int runs;

  private EachFailure(Path home, boolean isArmed) {
    this.home = home;
    this.isArmed = isArmed;
  }

  /**
   * Counts from the begin of each run.
   *
   * @param home an empty folder
   */
  public EachFailure(Path home) {
    this(home, true);
  }

  /** Counts from where a run arms its failure. */
  public static EachFailure armedByTheRun(Path home) {
    return new EachFailure(home, false);
  }

  /** What is done, and what must be so afterwards. Each run has new folders. */
  @FunctionalInterface
  public interface Run {
    /**
     * Prepares, works, and judges.
     *
     * @param real the folder where nothing fails; to prepare before, and for what a restart finds
     * @param failing the same folder, for the work: an operation on it may fail
     * @param failure which one
     */
    void with(Path real, Path failing, Failure failure) throws IOException;
  }

  /**
   * Of each kind and manner.
   *
   * @return how many runs had a failure: a loop without any proves nothing
   */
  public int of(Run run) throws IOException {
    for (Kind kind : Kind.values()) {
      for (Manner manner : Manner.values()) {
        if (manner != Manner.HALF_DONE || kind == Kind.WRITE) {
          untilUntouched(kind, manner, run);
        }
      }
    }
    return runs;
  }

  private void untilUntouched(Kind kind, Manner manner, Run run) throws IOException {
    for (int number = 1; number < MOST; number++) {
      Failure failure = new Failure(kind, manner, number, isArmed);
      Path real = Files.createDirectories(home.resolve(kind + "-" + manner + "-" + number));
      try {
        run.with(FailingFiles.at(real, Failure.none()), FailingFiles.at(real, failure), failure);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("with " + failure + ": " + e.getMessage(), e);
      }
      if (!failure.isReached()) {
        return;
      }
      runs++;
    }
    throw new AssertionError("still not untouched after " + MOST + " runs: " + kind);
  }
}

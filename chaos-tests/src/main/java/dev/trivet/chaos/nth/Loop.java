package dev.trivet.chaos.nth;

import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Shim;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Does the work of a scenario again and again, each time with another call failing, until that call
 * is not reached any more. After each failure the node is started anew, and all that was
 * acknowledged must be there.
 */
final class Loop {
  /** A node that is wrong ends at once, or when it looks after itself, each 3 s. */
  private static final Duration END_LIMIT = Duration.ofMinutes(2);

  /** What a node says last, before it ends by itself. */
  private static final Pattern LAST_WORD = Pattern.compile("^trivet: |Z ERROR | ERROR ");

  /** Follows the message of a command that failed, as {@code serve} does at its start. */
  private static final String ADVICE = "next: ";

  private static final int MAX_WORD = 220;

  private final Crowd crowd;
  private final Scenario scenario;
  private final Shim.Kind kind;

  Loop(Crowd crowd, Scenario scenario, Shim.Kind kind) {
    this.crowd = crowd;
    this.scenario = scenario;
    this.kind = kind;
  }

  /** What a node did when one of its calls failed. */
  enum Outcome {
    /** It went on, and clients were told of nothing. */
    UNMOVED,
    /** It went on, and a client was told of a failure. */
    ANSWERED,
    /** It ended itself and said why. */
    ENDED
  }

  /**
   * One failure.
   *
   * @param nth which call failed
   * @param word what the node or a client was told last; empty if nothing
   */
  record Round(long nth, Outcome outcome, String word) {}

  /**
   * How a loop went.
   *
   * @param calls that the untouched run made; 0 when none came to that
   * @param broken promises, each with the number of the call; the loop ends at the first
   */
  record Result(
      Scenario scenario, String operation, List<Round> rounds, long calls, List<String> broken) {
    Result {
      rounds = List.copyOf(rounds);
      broken = List.copyOf(broken);
    }

    long count(Outcome outcome) {
      return rounds.stream().filter(round -> round.outcome() == outcome).count();
    }

    /** Whether it ended because the call was not reached, and not by a limit. */
    boolean isUntouched() {
      return calls > 0;
    }
  }

  /**
   * @param operation its name, for the result
   * @param steps which calls are to fail
   */
  Result run(String operation, Steps steps) throws IOException, InterruptedException {
    List<Round> rounds = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    long calls = 0;
    for (long nth = steps.first(); nth <= steps.last() && broken.isEmpty(); nth = steps.next(nth)) {
      try {
        Shim.Counted counted = once(nth, rounds, broken);
        if (counted.bitten() == 0) {
          calls = Math.max(1, counted.calls());
          break;
        }
      } catch (IllegalStateException | TrivetException e) {
        broken.add("call " + nth + ": " + e.getMessage());
      }
    }
    return new Result(scenario, operation, rounds, calls, broken);
  }

  private Shim.Counted once(long nth, List<Round> rounds, List<String> broken)
      throws IOException, InterruptedException {
    LocalNode victim = crowd.victim();
    scenario.rewind(crowd);
    long begin = victim.logBytes();
    victim.shim().failOne(kind, nth);
    Written.Told told;
    Shim.Counted counted;
    try {
      told = scenario.work(crowd);
    } finally {
      counted = victim.shim().counted();
      victim.shim().heal();
    }
    if (counted.bitten() > 0) {
      Round round = judge(nth, told, begin);
      rounds.add(round);
      System.err.println("  " + round);
    }
    // An untouched run must have done its work, too.
    restart(counted.bitten() > 0);
    for (LocalNode node : crowd.nodes()) {
      try (TrivetClient client = Crowd.client(List.of(node))) {
        crowd
            .written()
            .missing(client)
            .forEach(lost -> broken.add("call %d, at %s: %s".formatted(nth, node.name(), lost)));
      }
    }
    if (crowd.hashes().size() != 1) {
      broken.add("call " + nth + ": the nodes' hashes differ: " + crowd.hashes());
    }
    return counted;
  }

  /** Waits until it has ended, or can be told from one that is well. */
  private Round judge(long nth, Written.Told told, long begin)
      throws IOException, InterruptedException {
    LocalNode victim = crowd.victim();
    boolean isWell = false;
    long end = System.nanoTime() + END_LIMIT.toNanos();
    while (victim.isRunning() && !isWell && System.nanoTime() < end) {
      isWell = victim.isReady() && isWritable();
    }
    List<String> said = victim.said(begin);
    if (said.stream().anyMatch(line -> line.startsWith("# A fatal error"))) {
      throw new IllegalStateException("the virtual machine broke down");
    }
    if (isWell) {
      return new Round(
          nth, told.failed() > 0 ? Outcome.ANSWERED : Outcome.UNMOVED, cut(told.lastFailure()));
    }
    if (victim.isRunning()) {
      throw new IllegalStateException(
          victim.name() + " neither serves nor ends: " + cut(lastWord(said)));
    }
    String word = lastWord(said);
    if (word.isEmpty()) {
      throw new IllegalStateException(victim.name() + " ended without a word");
    }
    return new Round(nth, Outcome.ENDED, cut(word));
  }

  private boolean isWritable() {
    try (TrivetClient client = Crowd.hastyClient(crowd.nodes())) {
      return crowd.written().put(client).failed() == 0;
    }
  }

  private void restart(boolean isWanted) throws IOException, InterruptedException {
    LocalNode victim = crowd.victim();
    if (isWanted && victim.isRunning()) {
      victim.kill();
    }
    long begin = victim.logBytes();
    if (!victim.isRunning()) {
      victim.start();
    }
    boolean isDone =
        Waiting.comes(
            Crowd.SERVE_LIMIT,
            () -> {
              if (victim.isRunning() && !victim.isReady()) {
                scenario.help(crowd);
              }
              return victim.isReady() || !victim.isRunning();
            });
    if (!victim.isRunning()) {
      throw new IllegalStateException(
          "without a failure it does not start: " + cut(lastWord(victim.said(begin))));
    }
    if (!isDone) {
      throw new IllegalStateException("without a failure it does not serve");
    }
  }

  private static String lastWord(List<String> said) {
    int advice = -1;
    for (int i = 1; i < said.size(); i++) {
      advice = said.get(i).startsWith(ADVICE) ? i : advice;
    }
    if (advice > 0) {
      return said.get(advice - 1);
    }
    return said.stream()
        .filter(line -> LAST_WORD.matcher(line).find())
        .reduce((first, last) -> first.startsWith("trivet: ") ? first : last)
        .orElse("");
  }

  private static String cut(String word) {
    return word.length() <= MAX_WORD ? word : word.substring(0, MAX_WORD) + "...";
  }
}

package dev.trivet.chaos.environment;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads what iptables and tc say of the packets that they have met. */
final class Counters {
  private static final Pattern RULE =
      Pattern.compile("(?m)^\\s*(\\d+)\\s+\\d+\\s+(DROP|REJECT)\\b");
  private static final Pattern QUEUE = Pattern.compile("dropped (\\d+), overlimits (\\d+)");
  private static final Pattern SENT = Pattern.compile("Sent \\d+ bytes (\\d+) pkt");

  private Counters() {}

  /**
   * Packets that rules stopped.
   *
   * @param listing of {@code iptables -nvxL}
   * @return packets that rules of it dropped or refused
   */
  static long packetsOfRules(String listing) {
    return RULE.matcher(listing).results().mapToLong(rule -> number(rule, 1)).sum();
  }

  /**
   * Packets that queues held.
   *
   * @param listing of {@code tc -s qdisc show}
   * @return times that its queues made a packet wait; all packets where queues delay each
   */
  static long packetsOfQueue(String listing) {
    return listing.contains("netem")
        ? SENT.matcher(listing).results().mapToLong(sent -> number(sent, 1)).sum()
        : QUEUE.matcher(listing).results().mapToLong(queue -> number(queue, 2)).sum();
  }

  private static long number(MatchResult found, int group) {
    return Long.parseLong(found.group(group));
  }
}

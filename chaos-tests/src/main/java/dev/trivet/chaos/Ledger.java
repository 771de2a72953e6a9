package dev.trivet.chaos;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What clients were told about their writes. Every name is written once, by one client.
 *
 * <p>Invariant: a name is acknowledged, or unknown, or neither (it was refused or never sent). Safe
 * for any thread.
 */
final class Ledger {
  private final Map<String, String> acknowledged = new TreeMap<>();
  private final Set<String> unknown = new TreeSet<>();
  private long lastMillis = now();
  private long longestGapMillis;

  /** The write is promised to last. */
  synchronized void acknowledge(String name, String content) {
    acknowledged.put(name, content);
    long now = now();
    longestGapMillis = Math.max(longestGapMillis, now - lastMillis);
    lastMillis = now;
  }

  /** The write may have happened or may yet happen. */
  synchronized void leaveOpen(String name) {
    unknown.add(name);
  }

  synchronized Map<String, String> acknowledged() {
    return new TreeMap<>(acknowledged);
  }

  synchronized boolean isUnknown(String name) {
    return unknown.contains(name);
  }

  synchronized int count() {
    return acknowledged.size();
  }

  synchronized int unknownCount() {
    return unknown.size();
  }

  /** The longest time without an acknowledgement since the last call of this method. */
  synchronized long takeLongestGapMillis() {
    long now = now();
    long gap = Math.max(longestGapMillis, now - lastMillis);
    longestGapMillis = 0;
    lastMillis = now;
    return gap;
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}

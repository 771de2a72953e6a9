package dev.trivet.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Takes out of an output what differs between any two clusters: ids become #1, #2 in the order in
 * which they appear, addresses E1, E2, E3, and terms, log indexes, sizes, hashes and times a
 * letter.
 */
final class Masks {
  private static final Pattern ID =
      Pattern.compile("\\b(?=[0-9a-f]*\\d)[0-9a-f]{13,16}\\b|\\b\\d{13,20}\\b");
  private static final Comparator<String> WITHOUT_IDS =
      Comparator.comparing(line -> ID.matcher(line).replaceAll("#"));
  private static final List<Rule> RULES =
      List.of(
          new Rule("\"(raft_?[tT]erm|RaftTerm)\"( ?: ?)\\d+", "\"$1\"$2T"),
          new Rule(
              "\"(raftIndex|raftAppliedIndex|RaftIndex|RaftAppliedIndex)\"( ?: ?)\\d+",
              "\"$1\"$2I"),
          new Rule("\"(dbSize|dbSizeInUse|DBSize|DBSizeInUse)\"( ?: ?)\\d+", "\"$1\"$2S"),
          new Rule("\"(hash|Hash)\"( ?: ?)\\d+", "\"$1\"$2H"),
          new Rule("\"(version|Version)\"( ?: ?)\"\\d+\\.\\d+\\.\\d+\"", "\"$1\"$2V"),
          // In the order of ids, which are random.
          new Rule("ETCD_INITIAL_CLUSTER=\".*\"", "ETCD_INITIAL_CLUSTER=MEMBERS"),
          new Rule("took[ =\"a-z:]*[0-9.]+(ms|µs|s)\"?", "took TIME"),
          new Rule(
              ", \\d+(\\.\\d+)? [kMG]?B, (true|false), (true|false), \\d+, \\d+, \\d+,",
              ", SIZE, LEADER, $3, T, I, I,"),
          new Rule(", \\d+\\.\\d+\\.\\d+, SIZE", ", V, SIZE"),
          new Rule("\"leader\":\\d+", "\"leader\":LEADER"),
          new Rule("(ADDRESS|E\\d), \\d{5,10}$", "$1, HASH"),
          new Rule("\"ttl\":\\d+", "\"ttl\":TIME"),
          new Rule("\"TTL\" : \\d+", "\"TTL\" : TIME"),
          // A follower of etcd is sometimes one ahead in the header of an answer about a lease.
          new Rule("\"revision\":\\d+(,\"raft_term\":T,\"(id|ID|leases)\")", "\"revision\":R$1"),
          // Ids are printed without their leading zeros, and filled up with spaces.
          new Rule("(Member|cluster) +(?=[0-9a-f]{13,16}\\b)", "$1 "),
          new Rule("\\| +(?=[0-9a-f]{13,16} \\|)", "| "),
          new Rule("remaining\\(\\d+s\\)", "remaining(TIME)"),
          new Rule("127\\.0\\.0\\.1:\\d+", "ADDRESS"));

  private record Rule(Pattern pattern, String replacement) {
    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern), replacement);
    }
  }

  private final List<String> endpoints;
  private final String folder;
  private final List<String> ids = new ArrayList<>();

  Masks(List<String> endpoints, String folder) {
    this.endpoints = endpoints;
    this.folder = folder;
  }

  /** Lines that come in any order, in one order. */
  List<String> applySorted(List<String> lines) {
    return lines.stream().map(this::withoutAddresses).sorted(WITHOUT_IDS).map(this::apply).toList();
  }

  String apply(String line) {
    String masked = withoutAddresses(line);
    Function<MatchResult, String> named = found -> "#" + number(found.group());
    return ID.matcher(masked).replaceAll(named);
  }

  private String withoutAddresses(String line) {
    String masked = line.replace(folder, "FOLDER");
    for (int i = 0; i < endpoints.size(); i++) {
      masked = masked.replace(endpoints.get(i), "E" + (i + 1));
    }
    for (Rule rule : RULES) {
      masked = rule.pattern.matcher(masked).replaceAll(rule.replacement);
    }
    return masked;
  }

  /** The first id in an output, as it is. */
  static String firstId(String output) {
    var found = ID.matcher(output);
    return found.find() ? found.group() : "";
  }

  /** An id is the same one in decimal and in hexadecimal. */
  private int number(String id) {
    String known =
        id.matches("\\d{17,20}") ? Long.toHexString(Long.parseUnsignedLong(id)) : strip(id);
    if (!ids.contains(known)) {
      ids.add(known);
    }
    return ids.indexOf(known) + 1;
  }

  private static String strip(String id) {
    return id.replaceFirst("^0+", "");
  }
}

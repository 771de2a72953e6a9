package dev.trivet.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A transcript's one side: what to do, a line each. Lines that begin with {@code #} are for people.
 *
 * <pre>
 * put a 1                  etcdctl's arguments; quotes as in a shell; by the first endpoint
 * &#64;2 get a                 by the second endpoint; &#64;all by all
 * L = lease grant 100      $L stands for the first id in the output from here on
 * txn &lt;&lt;                   what follows is its input, up to a line with a dot
 * begin W watch a          goes on by itself
 * await W PUT              until it has printed this
 * type W put b 1           a line of input for it
 * end W                    ends it and shows what it has printed
 * until two get a          again and again until its output has this
 * sorted member list       the lines in any order
 * differs WHY              the next line's output is not etcd's, and that is meant
 * </pre>
 */
record Script(List<Step> steps) {
  /** One line; {@code differs} is empty where the output must be etcd's. */
  record Step(
      Kind kind,
      String at,
      String name,
      String text,
      String input,
      boolean isSorted,
      String differs) {
    @Override
    public String toString() {
      return (kind == Kind.RUN ? "" : kind.name().toLowerCase(java.util.Locale.ROOT) + " ")
          + (name.isEmpty() ? "" : name + " ")
          + (at.equals("1") ? "" : "@" + at + " ")
          + text;
    }
  }

  enum Kind {
    RUN,
    BEGIN,
    AWAIT,
    TYPE,
    END,
    UNTIL
  }

  private static final String SORTED = "sorted ";
  private static final Pattern DIRECTIVE =
      Pattern.compile("(?s)(begin|await|type|end|until) (\\S+) ?(.*)");
  private static final Pattern CAPTURE = Pattern.compile("(?s)([A-Z]+) = (.*)");
  private static final Pattern ADDRESSED = Pattern.compile("(?s)@(\\w+) (.*)");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  static Script read(String name) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(Script.class.getResourceAsStream("/etcdctl/" + name + ".txt"))) {
      return parse(new String(file.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  private static Script parse(String text) {
    List<Step> steps = new ArrayList<>();
    List<String> lines = text.lines().toList();
    String differs = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("differs ")) {
        differs = line.substring("differs ".length());
        continue;
      }
      StringBuilder input = new StringBuilder();
      if (line.endsWith(" <<")) {
        line = line.substring(0, line.length() - " <<".length());
        while (!lines.get(++i).equals(".")) {
          input.append(lines.get(i)).append('\n');
        }
      }
      steps.add(step(line, input.toString(), differs));
      differs = "";
    }
    return new Script(List.copyOf(steps));
  }

  private static Step step(String line, String input, String differs) {
    Kind kind = Kind.RUN;
    String name = "";
    String at = "1";
    String rest = line;
    boolean isSorted = rest.startsWith(SORTED);
    if (isSorted) {
      rest = rest.substring(SORTED.length());
    }
    Matcher directive = DIRECTIVE.matcher(rest);
    Matcher capture = CAPTURE.matcher(rest);
    if (directive.matches()) {
      kind = Kind.valueOf(directive.group(1).toUpperCase(java.util.Locale.ROOT));
      name = directive.group(2);
      rest = directive.group(3);
    } else if (capture.matches()) {
      name = capture.group(1);
      rest = capture.group(2);
    }
    Matcher addressed = ADDRESSED.matcher(rest);
    if (addressed.matches()) {
      at = addressed.group(1);
      rest = addressed.group(2);
    }
    return new Step(kind, at, name, rest, input, isSorted, differs);
  }

  /** The words of a line, without their quotes. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      String single = word.group(1);
      String quoted = word.group(2);
      words.add(single != null ? single : quoted != null ? quoted : word.group(3));
    }
    return words;
  }
}

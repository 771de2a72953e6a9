package dev.trivet.cli;

import dev.trivet.client.Query;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.RangeResponse;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description = "Print a key's value, or all keys of a range.",
    footer = {
      "Exit code 3 if there is no such key. As -o value: the values alone.",
      "Examples: trivet get greeting; trivet get app/ --prefix --keys-only"
    })
final class GetCommand implements Callable<Integer> {
  private static final int PAGE = 1_000;

  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY", index = "0")
  private String key = "";

  @Parameters(
      paramLabel = "RANGE_END",
      index = "1",
      arity = "0..1",
      defaultValue = "",
      description = "Print the keys from KEY on and below this one.")
  private String rangeEnd = "";

  @Option(names = "--prefix", description = "Print all keys that begin with KEY.")
  private boolean isPrefix;

  @Option(names = "--from-key", description = "Print KEY and all keys that follow it.")
  private boolean isFromKey;

  @Option(
      names = "--limit",
      defaultValue = "1000",
      description =
          "Largest number of keys (${DEFAULT-VALUE}); 0: all, read in pages at one revision.")
  private int limit;

  @Option(names = "--rev", description = "Read as of this revision; 0 is now.")
  private long revision;

  @Option(names = "--keys-only", description = "Print keys without their values.")
  private boolean isKeysOnly;

  @Option(names = "--count-only", description = "Print only how many there are.")
  private boolean isCountOnly;

  @Option(names = "--serializable", description = "Read from any one node, maybe old values.")
  private boolean isSerializable;

  @Option(
      names = "--sort-by",
      defaultValue = "KEY",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Target target = Target.KEY;

  @Option(names = "--reverse", description = "From the largest to the smallest.")
  private boolean isReverse;

  private enum Target {
    KEY,
    VERSION,
    CREATE,
    MOD,
    VALUE
  }

  @Override
  public Integer call() {
    if (limit < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception("limit is " + limit + ", at least 0 is needed");
    }
    KeyOptions keys = KeyOptions.of(key, rangeEnd, isPrefix, isFromKey);
    try (TrivetClient client = connection.connect()) {
      if (limit == 0 && !keys.isOneKey() && !isCountOnly) {
        printAll(client.keys().list(query(keys), PAGE));
        return 0;
      }
      RangeResponse found = client.keys().range(query(keys).limit(limit));
      output.show(
          () -> found,
          () ->
              isCountOnly
                  ? List.of(Long.toString(found.getCount()))
                  : found.getKvsList().stream().map(this::valueOf).toList(),
          () -> print(found, keys.isOneKey()));
      if (found.getMore() && !output.isJson()) {
        output.hint(
            "(%d of %d keys: see --limit)".formatted(found.getKvsCount(), found.getCount()));
      }
      if (found.getCount() == 0 && keys.isOneKey()) {
        throw ErrorCode.KEY_NOT_FOUND.exception("no key '" + key + "'");
      }
      return 0;
    }
  }

  private Query query(KeyOptions keys) {
    Query query = keys.isOneKey() ? Query.key(keys.first()) : Query.range(keys.first(), keys.end());
    query = query.revision(revision);
    query = isKeysOnly ? query.keysOnly() : query;
    query = isCountOnly ? query.countOnly() : query;
    query = isSerializable ? query.serializable() : query;
    boolean isInOrder = target == Target.KEY && !isReverse;
    return isInOrder
        ? query
        : query.sortedBy(
            SortTarget.valueOf(target.name()), isReverse ? SortOrder.DESCEND : SortOrder.ASCEND);
  }

  /** One by one, as they come: there may be more than memory has room for. */
  private void printAll(Iterator<KeyValue> keys) {
    while (keys.hasNext()) {
      KeyValue pair = keys.next();
      output.show(() -> pair, () -> List.of(valueOf(pair)), () -> output.line(row(pair)));
    }
  }

  private void print(RangeResponse found, boolean isOneKey) {
    if (isCountOnly) {
      output.line(Long.toString(found.getCount()));
    }
    for (KeyValue pair : found.getKvsList()) {
      output.line(isOneKey ? valueOf(pair) : row(pair));
    }
  }

  private String row(KeyValue pair) {
    String name = Output.text(pair.getKey());
    return isKeysOnly ? name : name + "\t" + Output.text(pair.getValue());
  }

  private String valueOf(KeyValue pair) {
    return Output.text(isKeysOnly ? pair.getKey() : pair.getValue());
  }
}

package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.Prefixes;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description = "Print a key's value, or all keys with a prefix.",
    footer = "Exit code 3 if there is no such key.")
final class GetCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY")
  private String key = "";

  @Option(names = "--prefix", description = "Print all keys that begin with KEY, with values.")
  private boolean isPrefix;

  @Option(
      names = "--limit",
      defaultValue = "1000",
      description = "Largest number of keys, at least 1 (${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--rev", description = "Read as of this revision; 0 is now.")
  private long revision;

  @Override
  public Integer call() {
    if (limit < 1) {
      throw ErrorCode.INVALID_ARGUMENT.exception("limit is " + limit + ", at least 1 is needed");
    }
    try (TrivetClient client = connection.connect()) {
      RangeResponse found = client.keys().range(request());
      if (output.isJson()) {
        output.message(found);
      } else {
        print(found);
      }
      if (found.getKvsCount() == 0 && !isPrefix) {
        throw ErrorCode.KEY_NOT_FOUND.exception("no key '" + key + "'");
      }
      return 0;
    }
  }

  private RangeRequest request() {
    ByteString from = ByteString.copyFromUtf8(key);
    RangeRequest.Builder request = RangeRequest.newBuilder().setRevision(revision).setLimit(limit);
    return isPrefix
        ? request.setKey(Prefixes.first(from)).setRangeEnd(Prefixes.end(from)).build()
        : request.setKey(from).build();
  }

  private void print(RangeResponse found) {
    for (KeyValue pair : found.getKvsList()) {
      String value = Output.text(pair.getValue());
      output.line(isPrefix ? Output.text(pair.getKey()) + "\t" + value : value);
    }
    if (found.getMore()) {
      output.line("(" + found.getKvsCount() + " of " + found.getCount() + " keys: see --limit)");
    }
  }
}

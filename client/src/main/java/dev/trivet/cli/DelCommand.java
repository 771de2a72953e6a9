package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KeyValue;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "del",
    description = "Delete a key, or all keys of a range.",
    footer = "Exit code 3 if there is no such key. As -o value: how many were deleted.")
final class DelCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY", index = "0")
  private String key = "";

  @Parameters(
      paramLabel = "RANGE_END",
      index = "1",
      arity = "0..1",
      defaultValue = "",
      description = "Delete the keys from KEY on and below this one.")
  private String rangeEnd = "";

  @Option(names = "--prefix", description = "Delete all keys that begin with KEY.")
  private boolean isPrefix;

  @Option(names = "--from-key", description = "Delete KEY and all keys that follow it.")
  private boolean isFromKey;

  @Option(names = "--prev-kv", description = "Print what was there before.")
  private boolean isPreviousWanted;

  @Override
  public Integer call() {
    if (isPrefix && key.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "the prefix is empty: this would delete every key");
    }
    KeyOptions keys = KeyOptions.of(key, rangeEnd, isPrefix, isFromKey);
    try (TrivetClient client = connection.connect()) {
      DeleteRangeResponse done =
          client
              .keys()
              .delete(
                  DeleteRangeRequest.newBuilder()
                      .setKey(keys.first())
                      .setRangeEnd(keys.end())
                      .setPrevKv(isPreviousWanted)
                      .build());
      output.show(() -> done, () -> List.of(Long.toString(done.getDeleted())), () -> print(done));
      if (done.getDeleted() == 0 && keys.isOneKey()) {
        throw ErrorCode.KEY_NOT_FOUND.exception("no key '" + key + "'");
      }
      return 0;
    }
  }

  private void print(DeleteRangeResponse done) {
    output.line("deleted " + done.getDeleted());
    for (KeyValue before : done.getPrevKvsList()) {
      output.line(Output.text(before.getKey()) + "\t" + Output.text(before.getValue()));
    }
  }
}

package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.Prefixes;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "del",
    description = "Delete a key, or all keys with a prefix.",
    footer = "Exit code 3 if there is no such key.")
final class DelCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY")
  private String key = "";

  @Option(names = "--prefix", description = "Delete all keys that begin with KEY.")
  private boolean isPrefix;

  @Override
  public Integer call() {
    try (TrivetClient client = connection.connect()) {
      DeleteRangeResponse done = client.keys().delete(request());
      if (output.isJson()) {
        output.message(done);
      } else {
        output.line("deleted " + done.getDeleted());
      }
      if (done.getDeleted() == 0 && !isPrefix) {
        throw ErrorCode.KEY_NOT_FOUND.exception("no key '" + key + "'");
      }
      return 0;
    }
  }

  private DeleteRangeRequest request() {
    ByteString from = ByteString.copyFromUtf8(key);
    DeleteRangeRequest.Builder request = DeleteRangeRequest.newBuilder();
    if (isPrefix && key.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "the prefix is empty: this would delete every key");
    }
    return isPrefix
        ? request.setKey(from).setRangeEnd(Prefixes.end(from)).build()
        : request.setKey(from).build();
  }
}

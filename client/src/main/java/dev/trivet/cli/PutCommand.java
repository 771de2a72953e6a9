package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "put", description = "Set a key; the value '-' reads standard input.")
final class PutCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY", index = "0")
  private String key = "";

  @Parameters(paramLabel = "VALUE", index = "1")
  private String value = "";

  @Option(names = "--lease", description = "Delete the key when this lease ends; 0 is none.")
  private long lease;

  @Override
  public Integer call() throws IOException {
    try (TrivetClient client = connection.connect()) {
      PutRequest request =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8(key))
              .setValue(value())
              .setLease(lease)
              .build();
      PutResponse done = client.keys().put(request);
      if (output.isJson()) {
        output.message(done);
      } else {
        output.line("revision " + done.getHeader().getRevision());
      }
      return 0;
    }
  }

  private static final int LARGEST_VALUE_BYTES = 1536 << 10;

  private ByteString value() throws IOException {
    if (!value.equals("-")) {
      return ByteString.copyFromUtf8(value);
    }
    byte[] read = System.in.readNBytes(LARGEST_VALUE_BYTES + 1);
    if (read.length > LARGEST_VALUE_BYTES) {
      throw ErrorCode.REQUEST_TOO_LARGE.exception(
          "the value is over " + LARGEST_VALUE_BYTES + " bytes");
    }
    return ByteString.copyFrom(read);
  }
}

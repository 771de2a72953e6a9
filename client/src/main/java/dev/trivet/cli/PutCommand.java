package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "put",
    description = "Set a key; the value '-' reads standard input.",
    footer = "As -o value: with --prev-kv the value before, else nothing.")
final class PutCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY", index = "0")
  private String key = "";

  @Parameters(paramLabel = "VALUE", index = "1")
  private String value = "";

  @Option(
      names = "--lease",
      paramLabel = "ID",
      defaultValue = "0",
      description = "Delete the key when this lease ends; hexadecimal, 0 is none.")
  private String lease = "0";

  @Option(names = "--prev-kv", description = "Print what was there before.")
  private boolean isPreviousWanted;

  @Option(names = "--ignore-value", description = "Keep the value; give an empty VALUE.")
  private boolean keepsValue;

  @Option(names = "--ignore-lease", description = "Keep the lease.")
  private boolean keepsLease;

  @Override
  public Integer call() throws IOException {
    try (TrivetClient client = connection.connect()) {
      PutRequest request =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8(key))
              .setValue(value())
              .setLease(LeaseIds.parse(lease))
              .setPrevKv(isPreviousWanted)
              .setIgnoreValue(keepsValue)
              .setIgnoreLease(keepsLease)
              .build();
      PutResponse done = client.keys().put(request);
      String revision = Long.toString(done.getHeader().getRevision());
      output.show(
          () -> done,
          () -> done.hasPrevKv() ? List.of(Output.text(done.getPrevKv().getValue())) : List.of(),
          () -> {
            output.line("revision " + revision);
            if (done.hasPrevKv()) {
              output.line("before\t" + Output.text(done.getPrevKv().getValue()));
            }
          });
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

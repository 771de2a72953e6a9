package dev.trivet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.ResponseOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.TxnResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "txn",
    description = {
      "Do several things at once if all compares hold, and others if not.",
      "Without --when, --then and --else: standard input has compares, operations and other",
      "operations, one a line, with an empty line after each of the three, as etcdctl reads them."
    },
    footer = {
      "Compares: mod(\"KEY\") = \"5\" with mod, create, version, lease or value, and =, !=, < or >.",
      "Operations: put KEY VALUE [--lease=ID]; get KEY [END] [--prefix]; del KEY [END] [--prefix].",
      "Exit code 3 if a compare did not hold; the operations of --else were done then.",
      "Example: trivet txn --when 'create(\"a\") = \"0\"' --then 'put a 1' --else 'get a'"
    })
final class TxnCommand implements Callable<Integer> {
  private static final int LARGEST_BYTES = 4 << 20;

  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Option(names = "--when", paramLabel = "COMPARE", description = "Must hold; may be repeated.")
  private List<String> compares = List.of();

  @Option(names = "--then", paramLabel = "OPERATION", description = "Done if all hold.")
  private List<String> operations = List.of();

  @Option(names = "--else", paramLabel = "OPERATION", description = "Done if one does not hold.")
  private List<String> others = List.of();

  @Option(
      names = "--json",
      description = "Standard input is a request in the form of etcd's JSON gateway.")
  private boolean isJson;

  @Override
  public Integer call() throws IOException {
    TxnRequest request = request();
    try (TrivetClient client = connection.connect()) {
      TxnResponse done = client.keys().txn(request);
      List<String> rows = rows(done);
      output.show(
          () -> done,
          () -> rows,
          () -> {
            output.line(done.getSucceeded() ? "SUCCESS" : "FAILURE");
            rows.forEach(output::line);
          });
      return done.getSucceeded() ? 0 : ErrorCode.PRECONDITION_FAILED.exitCode();
    }
  }

  private TxnRequest request() throws IOException {
    if (!compares.isEmpty() || !operations.isEmpty() || !others.isEmpty()) {
      return TxnText.of(compares, operations, others);
    }
    byte[] read = System.in.readNBytes(LARGEST_BYTES + 1);
    if (read.length > LARGEST_BYTES) {
      throw ErrorCode.REQUEST_TOO_LARGE.exception(
          "the transaction is over " + LARGEST_BYTES + " bytes");
    }
    String text = new String(read, UTF_8);
    if (!isJson) {
      return TxnText.parse(text);
    }
    TxnRequest.Builder request = TxnRequest.newBuilder();
    try {
      JsonFormat.parser().merge(text, request);
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception("no transaction in JSON: " + e.getMessage(), e);
    }
    return request.build();
  }

  private static List<String> rows(TxnResponse response) {
    List<String> rows = new ArrayList<>();
    for (ResponseOp done : response.getResponsesList()) {
      switch (done.getResponseCase()) {
        case RESPONSE_PUT -> rows.add("OK");
        case RESPONSE_DELETE_RANGE ->
            rows.add(Long.toString(done.getResponseDeleteRange().getDeleted()));
        case RESPONSE_RANGE -> {
          for (KeyValue pair : done.getResponseRange().getKvsList()) {
            rows.add(Output.text(pair.getKey()) + "\t" + Output.text(pair.getValue()));
          }
        }
        case RESPONSE_TXN -> rows.addAll(rows(done.getResponseTxn()));
        case RESPONSE_NOT_SET -> rows.add("");
      }
    }
    return rows;
  }
}

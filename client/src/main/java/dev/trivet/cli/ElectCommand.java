package dev.trivet.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.locks.Election;
import dev.trivet.locks.Leading;
import dev.trivet.proto.etcd.KeyValue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "elect",
    description = {
      "Become a leader with something to say, until this command is ended or while another one",
      "runs (see 'lock'); or, with --listen, print who leads."
    },
    footer = {
      "Exit code 7 if the turn did not come in time, 1 if it was lost, 3 if nobody leads.",
      "Example: trivet elect primary \"$HOSTNAME\" -- ./primary.sh"
    })
final class ElectCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();
  @Mixin private final TurnOptions turn = new TurnOptions();

  @Parameters(paramLabel = "NAME", index = "0", description = "The election.")
  private String name = "";

  @Parameters(
      paramLabel = "VALUE",
      index = "1",
      arity = "0..1",
      defaultValue = "",
      description = "What the leader has to say.")
  private String value = "";

  @Parameters(
      paramLabel = "COMMAND",
      index = "2..*",
      arity = "0..*",
      description = "What to run, behind '--'.")
  private List<String> command = List.of();

  @Option(names = "--listen", description = "Print each leader as it comes.")
  private boolean isListening;

  @Option(names = "--show", description = "Print the leader and end.")
  private boolean isShowing;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TrivetClient client = connection.connect()) {
      Election election = new Election(client, name, turn.ttl());
      if (isShowing) {
        print(
            election
                .leader()
                .orElseThrow(
                    () -> ErrorCode.KEY_NOT_FOUND.exception("nobody leads '" + name + "'")));
        return 0;
      }
      return isListening ? listen(election) : lead(election);
    }
  }

  private int lead(Election election) throws IOException, InterruptedException {
    try (Leading leading = campaign(election)) {
      if (!command.isEmpty()) {
        return Guarded.run(command, leading.token(), leading.key(), leading.lost(), leading::close);
      }
      print(
          KeyValue.newBuilder()
              .setKey(leading.key())
              .setValue(ByteString.copyFromUtf8(value))
              .setCreateRevision(leading.token())
              .build());
      throw Guarded.hold(leading.lost(), leading::close);
    }
  }

  private Leading campaign(Election election) throws InterruptedException {
    Duration wait = turn.waiting();
    try {
      return Guarded.turn(() -> election.campaign(ByteString.copyFromUtf8(value), wait));
    } catch (TimeoutException e) {
      throw ErrorCode.CHECK_FAILED.exception(
          "the turn in '%s' did not come within %d s".formatted(name, wait.toSeconds()), e);
    }
  }

  private int listen(Election election) throws InterruptedException {
    try (Watch watch = election.observe(this::print)) {
      watch.ended().get();
      return 0;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TrivetException error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void print(KeyValue leader) {
    String key = Output.text(leader.getKey());
    String said = Output.text(leader.getValue());
    String token = Long.toString(leader.getCreateRevision());
    output.show(
        () ->
            Struct.newBuilder()
                .putFields("key", text(key))
                .putFields("value", text(said))
                .putFields("token", text(token))
                .build(),
        () -> List.of(said),
        () -> output.line(key + "\t" + said + "\ttoken " + token));
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}

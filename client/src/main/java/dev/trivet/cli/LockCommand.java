package dev.trivet.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.locks.Held;
import dev.trivet.locks.Lock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "lock",
    description = {
      "Hold a lock, until this command is ended or while another one runs.",
      "COMMAND gets the fencing token as TRIVET_LOCK_TOKEN and the lock's key as TRIVET_LOCK_KEY,",
      "and is ended when the lock is lost. The exit code is COMMAND's."
    },
    footer = {
      "Exit code 7 if the lock did not come in time, 1 if it was lost. As -o value: the token.",
      "Example: trivet lock nightly -- ./backup.sh"
    })
final class LockCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();
  @Mixin private final TurnOptions turn = new TurnOptions();

  @Parameters(paramLabel = "NAME", index = "0", description = "The lock.")
  private String name = "";

  @Parameters(
      paramLabel = "COMMAND",
      index = "1..*",
      arity = "0..*",
      description = "What to run, behind '--'.")
  private List<String> command = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TrivetClient client = connection.connect();
        Held held = acquire(client)) {
      if (!command.isEmpty()) {
        return Guarded.run(command, held.token(), held.key(), held.lost(), held::close);
      }
      output.show(
          () -> about(held),
          () -> List.of(Long.toString(held.token())),
          () -> output.line(Output.text(held.key()) + "\ttoken " + held.token()));
      throw Guarded.hold(held.lost(), held::close);
    }
  }

  private Held acquire(TrivetClient client) throws InterruptedException {
    Duration wait = turn.waiting();
    try {
      Lock lock = new Lock(client, name, turn.ttl());
      return Guarded.turn(() -> lock.acquire(wait));
    } catch (TimeoutException e) {
      throw ErrorCode.CHECK_FAILED.exception(
          "lock '%s' did not come within %d s".formatted(name, wait.toSeconds()), e);
    }
  }

  private static Struct about(Held held) {
    return Struct.newBuilder()
        .putFields("key", Value.newBuilder().setStringValue(Output.text(held.key())).build())
        .putFields("token", Value.newBuilder().setStringValue(Long.toString(held.token())).build())
        .build();
  }
}

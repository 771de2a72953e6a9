package dev.trivet.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Print a script that completes commands and options in bash and zsh.",
    footer = "Use: source <(trivet completion)")
final class CompletionCommand implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    String script = AutoComplete.bash("trivet", command.root().commandLine());
    if (output.isJson()) {
      output.message(
          Struct.newBuilder()
              .putFields("script", Value.newBuilder().setStringValue(script).build()));
    } else {
      output.line(script);
    }
    return 0;
  }
}

package dev.trivet.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.foreign.ForeignProgram;
import java.util.ArrayList;
import java.util.List;

/** How a program ended and all that it said. */
record Said(int status, String text) {
  @SafeVarargs
  static Said by(ForeignProgram program, List<String>... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(program.require().toString());
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Said(process.waitFor(), text);
  }
}

package dev.trivet.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.doctor.Check;
import dev.trivet.doctor.MachineChecks;
import dev.trivet.doctor.NodeChecks;
import dev.trivet.errors.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = "Check this machine and the nodes as seen from it.",
    footer = "Exit code 7 if a check failed; a warning is no failure.")
final class DoctorCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--folder",
      defaultValue = ".",
      description = "Whose disk is measured: a node's data folder (${DEFAULT-VALUE}).")
  private Path folder = Path.of(".");

  @Override
  public Integer call() throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    checks.add(MachineChecks.java());
    checks.add(MachineChecks.fuse());
    checks.add(MachineChecks.disk(folder.toAbsolutePath().normalize()));
    checks.addAll(NodeChecks.of(connection.endpoints(), connection::connect));
    checks.forEach(this::print);
    long failed = checks.stream().filter(check -> check.grade() == Check.Grade.FAIL).count();
    if (failed > 0) {
      throw ErrorCode.CHECK_FAILED.exception(failed + " of " + checks.size() + " checks failed");
    }
    return 0;
  }

  private void print(Check check) {
    String grade = check.grade().name().toLowerCase(Locale.ROOT);
    if (output.isJson()) {
      output.message(
          Struct.newBuilder()
              .putFields("grade", text(grade))
              .putFields("subject", text(check.subject()))
              .putFields("found", text(check.found()))
              .putFields("next", text(check.next()))
              .build());
      return;
    }
    if (output.isValue()) {
      output.line(grade);
      return;
    }
    output.line("%-4s  %s: %s".formatted(grade, check.subject(), check.found()));
    if (!check.next().isEmpty()) {
      output.line("      next: " + check.next());
    }
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}

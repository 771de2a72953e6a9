package dev.trivet.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Print the version of this program.")
final class VersionCommand implements Callable<Integer> {
  @Mixin private final Output output = new Output();

  @Override
  public Integer call() {
    if (output.isJson()) {
      output.message(
          Struct.newBuilder()
              .putFields("version", Value.newBuilder().setStringValue(version()).build()));
    } else if (output.isValue()) {
      output.line(version());
    } else {
      output.line("trivet " + version());
    }
    return 0;
  }

  /** From the jar's manifest; classes that lie in a folder have none. */
  static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}

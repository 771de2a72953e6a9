package dev.trivet.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code trivet} as far as it talks to nodes. */
public final class Cli {
  private Cli() {}

  /**
   * The root command with all subcommands and the error handling; a launcher may add more before it
   * executes it.
   */
  public static CommandLine commandLine() {
    return commandLine(commands());
  }

  /** The same with these subcommands. */
  public static CommandLine commandLine(List<?> commands) {
    CommandLine root = new CommandLine(new Root());
    for (Object command : commands) {
      root.addSubcommand(command);
    }
    Errors errors = new Errors();
    return root.setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Every subcommand, in the order of the help text. */
  private static List<Object> commands() {
    return List.of(
        new GetCommand(),
        new PutCommand(),
        new DelCommand(),
        new WatchCommand(),
        new BlobCommand(),
        new VolumeCommand(),
        new MountCommand(),
        new UmountCommand(),
        new SnapshotCommand(),
        new ClusterCommand(),
        new DoctorCommand(),
        new VolumePluginCommand(),
        new BenchCommand(),
        new VersionCommand());
  }

  /** Runs the program and ends the process with the exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  @Command(
      name = "trivet",
      synopsisSubcommandLabel = "COMMAND",
      description = "Keys, blobs and volumes on three legs.",
      exitCodeOnInvalidInput = 2,
      footerHeading =
          "%nExit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 nothing applied,%n"
              + "5 outcome unknown, 6 not allowed, 7 check failed, 70 bug.%n")
  private static final class Root {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        scope = CommandLine.ScopeType.INHERIT,
        description = "Show this help.")
    @SuppressWarnings("unused") // picocli looks at the option, nobody at the field.
    private boolean isHelpWanted;
  }
}

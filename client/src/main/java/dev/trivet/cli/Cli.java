package dev.trivet.cli;

import dev.trivet.errors.TrivetException;
import dev.trivet.settings.Settings;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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
        new TxnCommand(),
        new WatchCommand(),
        new LeaseCommand(),
        new LockCommand(),
        new ElectCommand(),
        new CompactCommand(),
        new BlobCommand(),
        new VolumeCommand(),
        new MountCommand(),
        new UmountCommand(),
        new SnapshotCommand(),
        new ClusterCommand(),
        new DoctorCommand(),
        new VolumePluginCommand(),
        new BenchCommand(),
        new CompletionCommand(),
        new VersionCommand());
  }

  /** Runs the program and ends the process with the exit code. */
  public static void main(String[] arguments) {
    System.exit(execute(commandLine(), arguments, Cli::commandLine));
  }

  /**
   * Runs a command, whose options may also come from the environment and a file.
   *
   * @param all every command there is, for names that the given ones do not know
   */
  public static int execute(
      CommandLine commandLine, String[] arguments, Supplier<CommandLine> all) {
    return execute(commandLine, arguments, System.getenv(), all);
  }

  static int execute(
      CommandLine commandLine,
      String[] arguments,
      Map<String, String> environment,
      Supplier<CommandLine> all) {
    // Nodes move: a name is looked up again after some seconds, not for the life of the process.
    Security.setProperty("networkaddress.cache.ttl", "5");
    try {
      var _ = Settings.apply(commandLine, arguments, environment, all);
    } catch (TrivetException e) {
      return Errors.tell(commandLine.getErr(), e);
    }
    return commandLine.execute(arguments);
  }

  @Command(
      name = "trivet",
      synopsisSubcommandLabel = "COMMAND",
      description = "Keys, blobs and volumes on three legs.",
      exitCodeOnInvalidInput = 2,
      footerHeading =
          "%nExit codes: 0 done, 1 failed, 2 usage, 3 not found or compare false,%n"
              + "4 nothing applied, 5 outcome unknown, 6 not allowed, 7 check failed, 70 bug,%n"
              + "130 interrupted. Options also come from TRIVET_* and a file: see docs/cli.md.%n")
  private static final class Root {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        scope = CommandLine.ScopeType.INHERIT,
        description = "Show this help.")
    @SuppressWarnings("unused") // picocli looks at the option, nobody at the field.
    private boolean isHelpWanted;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        scope = CommandLine.ScopeType.INHERIT,
        description = "Read settings from this file (TRIVET_CONFIG).")
    @SuppressWarnings("unused") // Looked for before the others: see Settings.
    private String config = "";
  }
}

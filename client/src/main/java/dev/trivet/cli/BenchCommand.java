package dev.trivet.cli;

import picocli.CommandLine.Command;

@Command(
    name = "bench",
    description = "Measure a cluster.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BenchKeysCommand.class,
      BenchWatchCommand.class,
      BenchLeasesCommand.class,
      BenchGrowCommand.class,
      BenchChurnCommand.class
    })
final class BenchCommand {}

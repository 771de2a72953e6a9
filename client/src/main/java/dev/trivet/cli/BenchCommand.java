package dev.trivet.cli;

import picocli.CommandLine.Command;

@Command(
    name = "bench",
    description = "Measure a cluster.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = BenchKeysCommand.class)
final class BenchCommand {}

package dev.trivet.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * How options are called in files and in the environment: {@code get --limit} is {@code get.limit}
 * and {@code TRIVET_GET_LIMIT}. Options that commands share, as {@code --endpoints}, have no
 * command before their name; those that are {@link OfOneCommand} have it.
 */
final class SettingNames {
  private SettingNames() {}

  /** As it stands in a file. */
  static String of(OptionSpec option) {
    String name = option.longestName().replaceFirst("^--", "");
    CommandSpec command = option.command();
    return isShared(command, option) ? name : path(command) + name;
  }

  static String variable(String key) {
    return "TRIVET_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Every name, with its variable, of a command and those below it. */
  static Map<String, String> all(CommandLine commandLine) {
    Map<String, String> names = new TreeMap<>();
    collect(commandLine, names);
    return names;
  }

  private static void collect(CommandLine commandLine, Map<String, String> names) {
    for (OptionSpec option : commandLine.getCommandSpec().options()) {
      if (isSetting(option)) {
        String key = of(option);
        names.put(key, variable(key));
      }
    }
    commandLine.getSubcommands().values().forEach(below -> collect(below, names));
  }

  /** Help and the choice of the file itself are not. */
  static boolean isSetting(OptionSpec option) {
    return !option.usageHelp()
        && option.longestName().startsWith("--")
        && !option.longestName().equals("--config")
        && !option.longestName().equals("--print-config");
  }

  private static boolean isShared(CommandSpec command, OptionSpec option) {
    return command.mixins().values().stream()
        .filter(mixin -> !(mixin.userObject() instanceof OfOneCommand))
        .anyMatch(mixin -> mixin.findOption(option.longestName()) != null);
  }

  private static String path(CommandSpec command) {
    List<String> names = new ArrayList<>();
    for (CommandSpec at = command; at.parent() != null; at = at.parent()) {
      names.addFirst(at.name());
    }
    return names.isEmpty() ? "" : String.join(".", names) + ".";
  }
}

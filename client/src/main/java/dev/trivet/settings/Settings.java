package dev.trivet.settings;

import dev.trivet.errors.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What environment and file say about options. Given to the command line before it parses, so that
 * a flag goes before the environment, that before the file, and the file before the default.
 */
public final class Settings implements IDefaultValueProvider {
  /** One option's value and where it is from. */
  public record Setting(String name, String value, String origin) {}

  private static final String PREFIX = "TRIVET_";

  /** Of the launcher, the stack files and commands that run under a lock. */
  private static final Set<String> OTHERS =
      Set.of(
          "TRIVET_CONFIG",
          "TRIVET_JVM_OPTIONS",
          "TRIVET_LIB",
          "TRIVET_IMAGE",
          "TRIVET_INITIAL",
          "TRIVET_NAME",
          "TRIVET_SECRET",
          "TRIVET_HOST",
          "TRIVET_LOCK_KEY",
          "TRIVET_LOCK_TOKEN");

  /** Hosts of the stack files, and what container engines tell of a service of our name. */
  private static final Pattern FOREIGN =
      Pattern.compile("TRIVET_HOST_.*|TRIVET_(.*_)?(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_\\d.*)");

  private final Map<String, String> environment;
  private final SettingsFile file;

  private Settings(Map<String, String> environment, SettingsFile file) {
    this.environment = Map.copyOf(environment);
    this.file = file;
  }

  /**
   * Reads file and environment, and gives both to the command line.
   *
   * @param all every command there is, for names that the given command line does not know
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT for a name that is nobody's, a name
   *     that is set twice, or a file that cannot be read
   */
  public static Settings apply(
      CommandLine commandLine,
      String[] arguments,
      Map<String, String> environment,
      Supplier<CommandLine> all) {
    String named = fileOf(arguments);
    SettingsFile file =
        SettingsFile.find(
            named.isEmpty() ? environment.getOrDefault("TRIVET_CONFIG", "") : named, environment);
    Settings settings = new Settings(environment, file);
    settings.requireKnown(commandLine, all);
    commandLine.setDefaultValueProvider(settings);
    return settings;
  }

  /** The flag decides which file is read, so it is looked for before all others. */
  private static String fileOf(String[] arguments) {
    for (int i = 0; i < arguments.length && !arguments[i].equals("--"); i++) {
      if (arguments[i].startsWith("--config=")) {
        return arguments[i].substring("--config=".length());
      }
      if (arguments[i].equals("--config") && i + 1 < arguments.length) {
        return arguments[i + 1];
      }
    }
    return "";
  }

  private void requireKnown(CommandLine commandLine, Supplier<CommandLine> all) {
    Map<String, String> known = SettingNames.all(commandLine);
    if (!unknownKeys(known).isEmpty() || !unknownVariables(known).isEmpty()) {
      known = SettingNames.all(all.get());
    }
    for (String key : unknownKeys(known)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "%s sets '%s', which is nothing: did you mean '%s'?"
              .formatted(file.name(), key, Nearest.to(key, known.keySet())));
    }
    for (String variable : unknownVariables(known)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "the environment sets %s, which is nothing: did you mean %s?"
              .formatted(variable, Nearest.to(variable, known.values())));
    }
  }

  private List<String> unknownKeys(Map<String, String> known) {
    return file.values().keySet().stream().filter(key -> !known.containsKey(key)).sorted().toList();
  }

  private List<String> unknownVariables(Map<String, String> known) {
    return environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX))
        .filter(name -> !OTHERS.contains(name) && !FOREIGN.matcher(name).matches())
        .filter(name -> !known.containsValue(name))
        .sorted()
        .toList();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || !SettingNames.isSetting(option)) {
      return null;
    }
    String key = SettingNames.of(option);
    String variable = environment.get(SettingNames.variable(key));
    return variable != null ? variable : file.values().get(key);
  }

  /** Every option of the command that was parsed, in the order of their names. */
  public List<Setting> of(ParseResult parsed) {
    List<Setting> settings = new ArrayList<>();
    for (OptionSpec option : parsed.commandSpec().options()) {
      if (SettingNames.isSetting(option)) {
        Object value = option.getValue();
        settings.add(
            new Setting(
                SettingNames.of(option),
                value == null ? "" : value.toString(),
                origin(parsed, option)));
      }
    }
    settings.sort((a, b) -> a.name().compareTo(b.name()));
    return settings;
  }

  private String origin(ParseResult parsed, OptionSpec option) {
    String key = SettingNames.of(option);
    String variable = SettingNames.variable(key);
    if (parsed.hasMatchedOption(option)) {
      return "flag " + option.longestName();
    }
    if (environment.containsKey(variable)) {
      return "environment " + variable;
    }
    return file.values().containsKey(key) ? "file " + file.name() : "default";
  }
}

package dev.trivet.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A file of settings, in the form of Java's properties: {@code serve.name = n1}, one a line.
 *
 * <p>Not YAML: all values are texts, so nothing is gained by its types and much can go wrong with
 * them, and it would be a dependency in every start of a node.
 */
record SettingsFile(String name, Map<String, String> values) {
  static final SettingsFile NONE = new SettingsFile("", Map.of());

  SettingsFile {
    values = Map.copyOf(values);
  }

  /**
   * The file that is named, or the first that is there.
   *
   * @param named by the flag or the environment; empty: none
   */
  static SettingsFile find(String named, Map<String, String> environment) {
    if (!named.isEmpty()) {
      return read(Path.of(named));
    }
    String home = environment.getOrDefault("HOME", "");
    String own =
        environment.getOrDefault("XDG_CONFIG_HOME", home.isEmpty() ? "" : home + "/.config");
    List<Path> usual =
        own.isEmpty()
            ? List.of(Path.of("/etc/trivet/trivet.properties"))
            : List.of(
                Path.of(own, "trivet", "trivet.properties"),
                Path.of("/etc/trivet/trivet.properties"));
    for (Path file : usual) {
      if (Files.isRegularFile(file)) {
        return read(file);
      }
    }
    return NONE;
  }

  private static SettingsFile read(Path file) {
    Map<String, String> values = new HashMap<>();
    Properties once =
        new Properties() {
          @Override
          public synchronized Object put(Object key, Object value) {
            if (values.putIfAbsent(key.toString(), value.toString()) != null) {
              throw ErrorCode.INVALID_ARGUMENT.exception(file + " sets '" + key + "' twice");
            }
            return super.put(key, value);
          }
        };
    try (Reader reader = Files.newBufferedReader(file, UTF_8)) {
      once.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "cannot read the settings of " + file + ": " + e, e);
    }
    return new SettingsFile(file.toString(), values);
  }
}

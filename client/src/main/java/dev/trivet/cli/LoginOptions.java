package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** As which user a command speaks. */
final class LoginOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--user",
      paramLabel = "NAME[:PASSWORD]",
      description =
          "Speak as this user. Who may see this machine's processes sees a password given here: set"
              + " TRIVET_PASSWORD or --password-file instead.")
  private @Nullable String user;

  @Option(names = "--password", paramLabel = "PASSWORD", description = "Its password.")
  private @Nullable String password;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Read its password from this file; a newline at the end does not count.")
  private @Nullable Path passwordFile;

  /**
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT when there is no password, or no
   *     file of that name
   */
  void apply(TrivetClient.Builder client) {
    whenGiven(client::user);
  }

  /** Hands the user's name and password over, if there is a user. Throws what apply does. */
  void whenGiven(BiConsumer<String, String> login) {
    String given = user;
    if (given == null) {
      // A password by itself may be set for other commands, and says nothing.
      return;
    }
    int colon = given.indexOf(':');
    if (colon >= 0) {
      login.accept(given.substring(0, colon), given.substring(colon + 1));
    } else {
      login.accept(given, password(given));
    }
  }

  private String password(String name) {
    Path file = passwordFile;
    String known = password;
    // The flag goes before the environment, whichever of the two options it is.
    if (known != null && (file == null || isFlag("--password") || !isFlag("--password-file"))) {
      return known;
    }
    if (file == null) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          ("the user '%s' is given without a password: set TRIVET_PASSWORD or --password-file, or"
                  + " write --user NAME:PASSWORD")
              .formatted(name));
    }
    try {
      return Files.readString(file).replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "the password file " + file + " cannot be read: " + e, e);
    }
  }

  private boolean isFlag(String name) {
    return command.commandLine().getParseResult().hasMatchedOption(name);
  }
}

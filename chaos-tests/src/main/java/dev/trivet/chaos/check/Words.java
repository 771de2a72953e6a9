package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;

/** Operations in one line, for findings. */
final class Words {
  private Words() {}

  static String of(Operation<?, ?> operation) {
    String result =
        switch (operation.result()) {
          case Result.Answered<?>(Object answer) -> answer.toString();
          case Result.Refused<?>(String reason) -> "refused: " + reason;
          case Result.Unknown<?>(String reason) -> "unknown: " + reason;
        };
    return "%s = %s (client %d at %s)"
        .formatted(operation.call(), result, operation.client(), operation.endpoint());
  }
}

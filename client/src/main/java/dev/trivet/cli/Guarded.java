package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * What goes on while a lock or an office is held: a command, or nothing but holding it. When this
 * process is told to end, the command is ended first and what is held is given back.
 */
final class Guarded {
  private static final long END_SECONDS = 5;

  private Guarded() {}

  /**
   * Runs a command with this process's standard streams.
   *
   * @return the command's exit code
   * @throws TrivetException LOCK_LOST when it was ended because of that
   */
  static int run(
      List<String> command,
      long token,
      ByteString key,
      CompletableFuture<TrivetException> lost,
      Runnable giveBack)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("TRIVET_LOCK_TOKEN", Long.toString(token));
    builder.environment().put("TRIVET_LOCK_KEY", key.toStringUtf8());
    Process process = builder.start();
    Thread atEnd =
        Thread.ofPlatform()
            .name("give-back")
            .unstarted(
                () -> {
                  end(process);
                  giveBack.run();
                });
    Runtime.getRuntime().addShutdownHook(atEnd);
    var _ = lost.thenAcceptAsync(_ -> end(process));
    int code = process.waitFor();
    remove(atEnd);
    if (lost.isDone() && !lost.isCompletedExceptionally()) {
      throw lost(lost.join());
    }
    return code;
  }

  /** Holds until it is lost: what is returned is to be thrown. */
  static TrivetException hold(CompletableFuture<TrivetException> lost, Runnable giveBack)
      throws InterruptedException {
    Thread atEnd = Thread.ofPlatform().name("give-back").unstarted(giveBack);
    Runtime.getRuntime().addShutdownHook(atEnd);
    try {
      return lost(lost.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("closed while it was held", e);
    } finally {
      remove(atEnd);
    }
  }

  private static TrivetException lost(TrivetException reason) {
    return ErrorCode.LOCK_LOST.exception("it was lost: " + reason.getMessage(), reason);
  }

  private static void remove(Thread atEnd) {
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
    } catch (IllegalStateException _) {
      // The process is ending: it runs now.
      return;
    }
  }

  /** Asks, and insists after a while. */
  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What goes on while a lock or an office is held: a command, or nothing but holding it. When this
 * process is told to end, the command is ended first and what is held is given back.
 */
final class Guarded {
  private static final long END_SECONDS = 5;

  private Guarded() {}

  /** Something to wait for, which gives its place back when the wait is interrupted. */
  interface Turn<T> {
    T await() throws InterruptedException, TimeoutException;
  }

  /** Waits; when this process is told to end, it ends once the place is given back. */
  static <T> T turn(Turn<T> turn) throws InterruptedException, TimeoutException {
    Thread waiting = Thread.currentThread();
    CountDownLatch over = new CountDownLatch(1);
    Thread atEnd =
        Thread.ofPlatform()
            .name("give-up")
            .unstarted(
                () -> {
                  waiting.interrupt();
                  awaitOver(over);
                });
    Runtime.getRuntime().addShutdownHook(atEnd);
    try {
      return turn.await();
    } finally {
      over.countDown();
      remove(atEnd);
    }
  }

  private static void awaitOver(CountDownLatch over) {
    try {
      // If it is not over by then, the lease ends the place.
      var _ = over.await(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

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

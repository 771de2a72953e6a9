package dev.trivet.mount.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.mount.MountableMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FuseConnectionTest {
  @TempDir private Path folder;

  private final OneFile handler = new OneFile();
  private Path directory;
  private FuseConnection connection;

  @BeforeEach
  void mount() throws IOException {
    MountableMachine.require();
    // A blank must survive the kernel's table of mounts.
    directory = Files.createDirectory(folder.resolve("a mount"));
    connection = FuseConnection.mount(directory, "test", handler);
  }

  @AfterEach
  void detach() {
    handler.slowReadMayEnd.countDown();
    MountableMachine.detachBelow(folder);
  }

  @Test
  void aFileIsListedAndReadInManyPieces() throws IOException {
    Path file = directory.resolve(OneFile.NAME);

    byte[] read = Files.readAllBytes(file);

    assertThat(read).isEqualTo(OneFile.CONTENT);
    try (Stream<Path> names = Files.list(directory)) {
      assertThat(names).containsExactly(file);
    }
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.fromMillis(1_500));
  }

  @Test
  void anErrorReachesTheProgram() {
    assertThat(directory.resolve("absent")).doesNotExist();
  }

  @Test
  void aHandlerThatFailsIsAnsweredWithAnErrorAndTheMountGoesOn() throws IOException {
    Path file = directory.resolve(OneFile.NAME);

    assertThatThrownBy(() -> Files.delete(file)).hasMessageContaining("Input/output error");

    assertThat(Files.size(file)).isEqualTo(OneFile.CONTENT.length);
  }

  @Test
  void theMountIsInTheTableUntilItIsClosed() throws IOException {
    assertThat(Mounts.below(folder)).containsExactly(directory);

    connection.close();

    assertThat(Mounts.below(folder)).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void anUnmountFromOutsideEndsTheConnection() throws InterruptedException {
    assertThat(Mounts.unmount(directory)).isZero();

    connection.awaitUnmounted();

    assertThat(Mounts.unmount(directory)).isNotZero();
  }

  @Test
  void othersAreServedWhileOneRequestWaits() throws Exception {
    CompletableFuture<byte[]> slow = readInBackground(directory.resolve(OneFile.SLOW_NAME));
    assertThat(handler.slowReadBegan.await(10, TimeUnit.SECONDS)).isTrue();

    assertThat(Files.readAllBytes(directory.resolve(OneFile.NAME))).isEqualTo(OneFile.CONTENT);

    assertThat(slow).isNotDone();
    handler.slowReadMayEnd.countDown();
    assertThat(slow.get()).isEqualTo(OneFile.CONTENT);
  }

  @Test
  void closingWhileAProgramReadsGivesItAnError() throws Exception {
    CompletableFuture<byte[]> slow = readInBackground(directory.resolve(OneFile.SLOW_NAME));
    assertThat(handler.slowReadBegan.await(10, TimeUnit.SECONDS)).isTrue();

    CompletableFuture<Void> closing = CompletableFuture.runAsync(connection::close);

    assertThatThrownBy(slow::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(IOException.class);
    await().until(() -> Mounts.below(folder).isEmpty());
    handler.slowReadMayEnd.countDown();
    closing.get();
  }

  private static CompletableFuture<byte[]> readInBackground(Path file) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                read.complete(Files.readAllBytes(file));
              } catch (IOException e) {
                read.completeExceptionally(e);
              }
            });
    return read;
  }
}

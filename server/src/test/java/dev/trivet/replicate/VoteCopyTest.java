package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.failing.EachFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node does not go on with a vote or a term that is not the one it has told. */
final class VoteCopyTest {
  private static final RaftPeerId SELF = RaftPeerId.valueOf("n0@0000000000000001");
  private static final RaftPeerId OTHER = RaftPeerId.valueOf("n1@00000000000000af");
  private static final long TERM = 17;
  private static final int SLOT_BYTES = 4096;

  @TempDir Path folder;
  private RaftStorage storage;
  private DurableVotes votes;
  private Path file;
  private boolean isDiskGone;

  @BeforeEach
  void voteForAnother() throws IOException {
    storage = Storages.open(folder.resolve("raft/group"));
    votes = new DurableVotes(_ -> {}, this::force, _ -> {});
    votes.open(storage);
    vote(TERM, OTHER);
    votes.sync();
    file = storage.getStorageDir().getCurrentDir().toPath().resolve(RaftFiles.VOTE);
  }

  @AfterEach
  void close() throws IOException {
    storage.close();
  }

  @Test
  void anyWrongBitInAVoteThatWasToldIsNoticed() throws IOException {
    byte[] right = Files.readAllBytes(file);
    int refused = 0;

    for (int bit = 0; bit < right.length * Byte.SIZE; bit++) {
      byte[] wrong = right.clone();
      wrong[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      Files.write(file, wrong);
      try {
        VoteCopy.check(folder);
        assertThat(isHarmless(Files.readAllBytes(file))).as("bit %d", bit).isTrue();
      } catch (TrivetException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.DATA_CORRUPT);
        refused++;
      }
    }

    assertThat(refused).isGreaterThan(OTHER.toString().length() * Byte.SIZE);
  }

  @Test
  void aFileThatAFailedWriteLeftEmptyGetsBackWhatWasTold() throws IOException {
    Files.write(file, new byte[0]);

    VoteCopy.check(folder);

    assertToldIsBack();
  }

  @Test
  void anotherVoteInTheTermThanTheOneThatWasToldIsNoticed() throws IOException {
    vote(TERM, SELF);

    assertThatThrownBy(() -> VoteCopy.check(folder)).hasMessageContaining(OTHER.toString());
  }

  @Test
  void aFileThatAPowerCutBroughtBackGetsWhatWasToldSince() throws IOException {
    for (RaftStorageMetadata old :
        List.of(
            RaftStorageMetadata.valueOf(TERM - 1, SELF), RaftStorageMetadata.valueOf(TERM, null))) {
      storage.getMetadataFile().persist(old);

      VoteCopy.check(folder);

      assertToldIsBack();
    }
  }

  @Test
  void aVoteThatNobodyWasToldBeforeACrashIsNoDamage() throws IOException {
    vote(TERM + 1, SELF);

    assertThatCode(() -> VoteCopy.check(folder)).doesNotThrowAnyException();
  }

  @Test
  void aCopyWithoutOneWholeSlotIsNoticed() throws IOException {
    flip(SLOT_BYTES + 20);
    VoteCopy.check(folder);
    flip(20);

    assertThatThrownBy(() -> VoteCopy.check(folder)).hasMessageContaining("checksums");
  }

  @Test
  void aSlotThatACrashLeftHalfWrittenTakesNothingBack() throws IOException {
    isDiskGone = true;
    vote(TERM + 1, SELF);
    assertThatThrownBy(votes::sync).isInstanceOf(IOException.class);
    flip(SLOT_BYTES + 20);
    Files.write(file, new byte[0]);

    VoteCopy.check(folder);

    assertToldIsBack();
  }

  @Test
  void aVoteThatDidNotReachTheDiskIsToldToNobodyAndItsSlotIsTheNextOnes() throws IOException {
    vote(TERM + 1, OTHER);
    isDiskGone = true;

    assertThatThrownBy(votes::sync).isInstanceOf(IOException.class);
    assertThatThrownBy(votes::sync).isInstanceOf(IOException.class);

    isDiskGone = false;
    assertThatCode(votes::sync).doesNotThrowAnyException();
    flip(SLOT_BYTES + 20);
    Files.write(file, new byte[0]);
    VoteCopy.check(folder);
    assertToldIsBack();
  }

  @Test
  void whateverFailsTheNextStartKnowsTheVoteThatWasTold() throws IOException {
    Path current = storage.getStorageDir().getCurrentDir().toPath();
    RaftStorageMetadata next = RaftStorageMetadata.valueOf(TERM + 1, SELF);
    vote(TERM + 1, SELF);
    byte[] written = Files.readAllBytes(file);

    int runs =
        new EachFailure(Files.createDirectory(folder.resolve("each")))
            .of(
                (real, failing, _) -> {
                  Path place = Files.createDirectories(real.resolve("raft/group/current"));
                  Files.copy(current.resolve(VoteCopy.NAME), place.resolve(VoteCopy.NAME));
                  // Ratis's own was written before.
                  Files.write(place.resolve(RaftFiles.VOTE), written);
                  boolean isTold = isDone(() -> write(failing, next));

                  VoteCopy.check(real);
                  assertThat(Files.readAllBytes(place.resolve(RaftFiles.VOTE))).isEqualTo(written);
                  // What the copy is for, should Ratis's file be lost now.
                  Files.write(place.resolve(RaftFiles.VOTE), new byte[0]);
                  var _ = isDone(() -> VoteCopy.check(failing));
                  VoteCopy.check(real);
                  Properties read = properties(Files.readAllBytes(place.resolve(RaftFiles.VOTE)));
                  assertThat(read.getProperty("term"))
                      .isIn(Long.toString(isTold ? TERM + 1 : TERM), Long.toString(TERM + 1));
                });

    assertThat(runs).isPositive();
  }

  private static void write(Path data, RaftStorageMetadata told) throws IOException {
    var _ =
        VoteCopy.open(data.resolve("raft/group/current"), told, written -> written.force(false));
  }

  private void force(FileChannel written) throws IOException {
    if (isDiskGone) {
      throw new IOException("the disk is gone");
    }
    written.force(false);
  }

  private void flip(int at) throws IOException {
    Path copy = file.resolveSibling(VoteCopy.NAME);
    byte[] bytes = Files.readAllBytes(copy);
    bytes[at] ^= 1;
    Files.write(copy, bytes);
  }

  private void assertToldIsBack() throws IOException {
    Properties read = properties(Files.readAllBytes(file));
    assertThat(read.getProperty("term")).isEqualTo(Long.toString(TERM));
    assertThat(read.getProperty("votedFor")).isEqualTo(OTHER.toString());
  }

  private interface Work {
    void run() throws IOException;
  }

  private static boolean isDone(Work work) {
    try {
      work.run();
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** A higher term has no vote that was told; a comment in the file says nothing. */
  private static boolean isHarmless(byte[] content) throws IOException {
    Properties read = properties(content);
    long term = Long.parseLong(read.getProperty("term"));
    return term > TERM || (term == TERM && OTHER.toString().equals(read.getProperty("votedFor")));
  }

  private static Properties properties(byte[] content) throws IOException {
    Properties read = new Properties();
    read.load(new ByteArrayInputStream(content));
    return read;
  }

  private void vote(long term, RaftPeerId candidate) throws IOException {
    storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(term, candidate));
  }
}

package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.files.Link;
import dev.trivet.proto.files.MakeNode;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.files.Unlink;
import dev.trivet.proto.files.Write;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.DeleteVolume;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.MutateVolume;
import dev.trivet.proto.log.OpenSession;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.volumes.VolumeQueries;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises about volumes that random programs hardly meet. */
final class VolumeCommandsTest {
  private static final long TTL = 10_000;
  private static final ByteString FILE = ByteString.copyFromUtf8("file");

  @TempDir Path folder;
  private @Nullable Store opened;
  private long term = 1;
  private long index;
  private long millis = 1_000_000;

  @BeforeEach
  void open() {
    opened = Store.open(folder.resolve("store"), StoreOptions.DEFAULT);
    takeLeadership();
    apply(Command.newBuilder().setCreateVolume(CreateVolume.newBuilder().setName("v")).build());
  }

  @AfterEach
  void close() {
    store().close();
  }

  @Test
  void aVolumeThatIsMountedIsRefusedWithTheHoldersName() {
    openSession(7, "host-a:12");

    Outcome second = openSession(8, "host-b:3");

    assertThat(second.getRefusal().getCode()).isEqualTo(ErrorCode.VOLUME_IN_USE.name());
    assertThat(second.getRefusal().getMessage()).contains("host-a:12");
  }

  @Test
  void aMountIsNotFencedForTheTimeWithoutALeader() {
    openSession(7, "a");
    millis += TTL + 1;
    term = 2;

    Outcome beforeTaking = mutate(7, make("x"));
    takeLeadership();
    millis += TTL - 1;
    Outcome withinItsNewTime = mutate(7, make("y"));
    millis += 1;
    Outcome afterIt = mutate(7, make("z"));

    assertThat(beforeTaking.hasMutate()).isTrue();
    assertThat(withinItsNewTime.hasMutate()).isTrue();
    assertThat(afterIt.getRefusal().getCode()).isEqualTo(ErrorCode.SESSION_EXPIRED.name());
  }

  @Test
  void aLostMountIsFencedWhileAnotherWorks() {
    openSession(7, "a");
    millis += TTL;
    Outcome taken = openSession(8, "b");

    Outcome late = mutate(7, make("x"));

    assertThat(taken.hasSession()).isTrue();
    assertThat(late.getRefusal().getCode()).isEqualTo(ErrorCode.SESSION_EXPIRED.name());
    assertThat(mutate(8, make("x")).hasMutate()).isTrue();
  }

  @Test
  void aRefusedOperationUndoesTheOnesBeforeIt() {
    openSession(7, "a");

    Outcome outcome = mutate(7, make("x"), make("y"), make("x"));

    assertThat(outcome.getRefusal().getCode()).isEqualTo(ErrorCode.ENTRY_EXISTS.name());
    assertThat(count(Table.DENTRY)).isZero();
    assertThat(volume().getInodeCount()).isEqualTo(1);
  }

  @Test
  void aRefusalIsRememberedForItsSequenceNumber() {
    openSession(7, "a");
    Command makeTwice = numbered(7, 1, make("x"), make("x"));
    Outcome refused = apply(makeTwice);

    Outcome repeated = apply(numbered(7, 1, make("y")));

    assertThat(repeated).isEqualTo(refused);
    assertThat(count(Table.DENTRY)).isZero();
  }

  @Test
  void aLargeFileIsSweptInStepsAndItsBytesAreFreeAtOnce() {
    openSession(7, "a");
    mutate(7, make("file"));
    mutate(7, write(2, 100));
    mutate(7, unlink(false));

    assertThat(volume().getUsedBytes()).isZero();
    assertThat(count(Table.SLICE)).isEqualTo(100);
    expire(30);
    assertThat(count(Table.SLICE)).isEqualTo(70);
    expire(30);
    expire(30);
    expire(30);
    assertThat(count(Table.SLICE)).isZero();
    assertThat(count(Table.SWEEP)).isZero();
  }

  @Test
  void openFilesOfALostMountAreSweptInStepsAndThoseOfTheNextAreNot() {
    openSession(7, "a");
    for (int i = 0; i < 20; i++) {
      mutate(7, make("file"), unlink(true));
    }
    millis += TTL;
    openSession(8, "b");
    mutate(8, make("file"), unlink(true));

    expire(5);
    assertThat(count(Table.ORPHAN)).isEqualTo(16);
    for (int i = 0; i < 5; i++) {
      expire(5);
    }

    assertThat(count(Table.ORPHAN)).isEqualTo(1);
    assertThat(volume().getInodeCount()).isEqualTo(2);
    assertThat(count(Table.SWEEP)).isZero();
  }

  @Test
  void aDeletedVolumesNameIsFreeAtOnceAndItsRowsGoInSteps() {
    openSession(7, "a");
    for (int i = 0; i < 10; i++) {
      mutate(7, make("f" + i), write(2 + i, 2));
    }
    millis += TTL;

    Outcome deleted =
        apply(Command.newBuilder().setDeleteVolume(DeleteVolume.newBuilder().setName("v")).build());
    apply(Command.newBuilder().setCreateVolume(CreateVolume.newBuilder().setName("v")).build());

    assertThat(deleted.hasDone()).isTrue();
    assertThat(volume().getInodeCount()).isEqualTo(1);
    for (int i = 0; i < 10; i++) {
      expire(8);
    }
    assertThat(count(Table.SLICE) + count(Table.DENTRY) + count(Table.SWEEP)).isZero();
    assertThat(count(Table.INODE)).isEqualTo(1);
  }

  @Test
  void aFileHasNoMoreNamesThanAllowed() {
    openSession(7, "a");
    mutate(7, make("file"));
    List<Operation> links = new ArrayList<>();
    for (int i = 2; i <= 65_000; i++) {
      links.add(link("l" + i));
      if (links.size() == 256 || i == 65_000) {
        assertThat(mutate(7, links.toArray(Operation[]::new)).hasMutate()).isTrue();
        links.clear();
      }
    }

    Outcome oneMore = mutate(7, link("x"));

    assertThat(oneMore.getRefusal().getCode()).isEqualTo(ErrorCode.TOO_MANY_LINKS.name());
  }

  @Test
  void anOperationOfANewerVersionStopsTheNodeAndAnEmptyOneDoesNot() {
    openSession(7, "a");
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    Operation unknown = Operation.newBuilder().setUnknownFields(newer).build();

    Outcome empty = mutate(7, Operation.getDefaultInstance());

    assertThat(empty.getRefusal().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT.name());
    assertThatThrownBy(() -> mutate(7, unknown)).isInstanceOf(IllegalStateException.class);
  }

  private static Operation make(String name) {
    return Operation.newBuilder()
        .setMakeNode(
            MakeNode.newBuilder()
                .setParent(1)
                .setName(ByteString.copyFromUtf8(name))
                .setMode(0100644))
        .build();
  }

  private static Operation link(String name) {
    return Operation.newBuilder()
        .setLink(Link.newBuilder().setInode(2).setParent(1).setName(ByteString.copyFromUtf8(name)))
        .build();
  }

  private static Operation unlink(boolean isKeptOpen) {
    return Operation.newBuilder()
        .setUnlink(Unlink.newBuilder().setParent(1).setName(FILE).setKeepOpen(isKeptOpen))
        .build();
  }

  /** So many slices of one byte. */
  private static Operation write(long inode, int slices) {
    Write.Builder write = Write.newBuilder().setInode(inode);
    for (int i = 0; i < slices; i++) {
      write.addSlices(
          Slice.newBuilder()
              .setOffset(2L * i)
              .setLength(1)
              .setInline(ByteString.copyFromUtf8("x")));
    }
    return Operation.newBuilder().setWrite(write).build();
  }

  private Outcome openSession(long id, String holder) {
    return apply(
        Command.newBuilder()
            .setOpenSession(
                OpenSession.newBuilder()
                    .setVolume("v")
                    .setHolder(holder)
                    .setSessionId(id)
                    .setTtlMillis(TTL))
            .build());
  }

  private Outcome mutate(long session, Operation... operations) {
    return apply(numbered(session, 0, operations));
  }

  private static Command numbered(long session, long sequence, Operation... operations) {
    return Command.newBuilder()
        .setMutateVolume(
            MutateVolume.newBuilder()
                .setSessionId(session)
                .setSequence(sequence)
                .addAllOperations(List.of(operations)))
        .build();
  }

  private void takeLeadership() {
    apply(Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build());
  }

  private void expire(int limit) {
    apply(Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(limit)).build());
  }

  private Outcome apply(Command command) {
    return new StateMachine(store(), id -> true)
        .apply(new LogPosition(term, ++index), millis, List.of(command))
        .outcomes()
        .getFirst();
  }

  private VolumeRecord volume() {
    try (ReadView view = store().view()) {
      VolumeRecord volume = VolumeQueries.volume(view, "v");
      if (volume == null) {
        throw new AssertionError("there is no volume v");
      }
      return volume;
    }
  }

  private int count(Table table) {
    int count = 0;
    try (ReadView view = store().view();
        Cursor cursor = view.scan(table, new byte[0], null)) {
      while (cursor.next()) {
        count++;
      }
    }
    return count;
  }

  private Store store() {
    if (opened == null) {
      throw new IllegalStateException("no store is open");
    }
    return opened;
  }
}

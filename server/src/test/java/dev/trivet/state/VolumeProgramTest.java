package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.DirectoryEntry;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.ExtentRecord;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.Program.Step;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.state.volumes.VolumeQueries;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs of volume commands, made from a seed, against {@link VolumeModel}. */
final class VolumeProgramTest {
  private static final int PROGRAMS = 10;
  private static final int STEPS = 200;

  @TempDir Path folder;

  @Test
  void everyProgramLeavesWhatTheModelSays() {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      runAndCompare(seed);
    }
  }

  @Test
  void theSameCommandsInOtherEntriesAndWithRestartsMakeTheSameState() {
    for (long seed = 1; seed <= 2; seed++) {
      new Program(program(seed)).assertSameState(folder, seed, 10);
    }
  }

  private void runAndCompare(long seed) {
    VolumeModel model = new VolumeModel();
    Random random = new Random(seed);
    try (Store store = Store.open(folder.resolve("p" + seed), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      List<Step> program = program(seed);
      for (int i = 0; i < program.size(); i++) {
        Step step = program.get(i);
        String at = "seed " + seed + ", step " + i + ": " + step;
        Outcome outcome =
            machine
                .apply(new LogPosition(1, i + 1), step.millis(), List.of(step.command()))
                .outcomes()
                .getFirst();
        if (!step.command().hasTakeLeadership()) {
          compareAnswer(outcome, model.apply(step.millis(), step.command()), at);
        }
        try (ReadView view = store.view()) {
          for (String name : model.names.keySet()) {
            compareFiles(view, name, model.filesNamed(name), random, at);
          }
          compareExtents(view, model.extents, at);
        }
      }
      try (ReadView view = store.view()) {
        compareRowCounts(view, model, "seed " + seed);
      }
    }
  }

  /** Ends with a command that does all that is left over. */
  private static List<Step> program(long seed) {
    Random random = new Random(seed);
    VolumeModel model = new VolumeModel();
    VolumeCommandMaker maker = new VolumeCommandMaker(random, model);
    long millis = 10_000_000;
    List<Step> steps = new ArrayList<>();
    steps.add(
        new Step(
            millis,
            Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build()));
    for (int i = 0; i < STEPS; i++) {
      millis += random.nextInt(3) == 0 ? random.nextInt(2_000) : 0;
      millis += random.nextInt(60) == 0 ? VolumeModel.MAX_UPLOAD_MILLIS : 0;
      Command command = maker.next(millis);
      model.apply(millis, command);
      steps.add(new Step(millis, command));
    }
    steps.add(
        new Step(
            millis,
            Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(4_000)).build()));
    return steps;
  }

  private static void compareAnswer(Outcome outcome, VolumeModel.Answer expected, String at) {
    String refusal = expected.refusal() == null ? "" : expected.refusal().name();
    assertThat(outcome.getRefusal().getCode()).as(at).isEqualTo(refusal);
    assertThat(outcome.getMutate().getResultsList().stream().map(OperationResult::getAttributes))
        .as(at)
        .isEqualTo(expected.results());
  }

  private static void compareFiles(
      ReadView view, String name, VolumeFiles files, Random random, String at) {
    VolumeRecord volume = VolumeQueries.volume(view, name);
    assertThat(volume).as(at).isNotNull();
    assertThat(volume.getUsedBytes()).as(at).isEqualTo(files.usedBytes());
    assertThat(volume.getInodeCount()).as(at).isEqualTo(files.nodes.size());
    files.nodes.forEach(
        (number, node) -> {
          Attributes expected = node.attributes.build();
          assertThat(VolumeQueries.attributes(view, volume.getId(), number))
              .as(at)
              .isEqualTo(expected);
          if (node.isDirectory()) {
            assertThat(listed(view, volume.getId(), number, node.parent, 1 + random.nextInt(4), at))
                .as(at)
                .isEqualTo(node.children);
          } else if ((expected.getMode() & 0170000) == 0100000) {
            compareBytes(view, volume.getId(), node, random, at);
          }
        });
  }

  /** The whole directory, in pages. */
  private static Map<ByteString, Long> listed(
      ReadView view, long volume, long directory, long parent, int limit, String at) {
    TreeMap<ByteString, Long> found = new TreeMap<>(ExtentModel.ORDER);
    ByteString after = ByteString.EMPTY;
    VolumeQueries.Page page;
    do {
      page = VolumeQueries.readDirectory(view, volume, directory, after, limit);
      assertThat(page.entries().size()).as(at).isLessThanOrEqualTo(limit);
      assertThat(page.parent()).as(at).isEqualTo(parent);
      for (DirectoryEntry entry : page.entries()) {
        found.put(entry.getName(), entry.getAttributes().getInode());
        assertThat(VolumeQueries.lookup(view, volume, directory, entry.getName()))
            .as(at)
            .isEqualTo(entry.getAttributes());
        after = entry.getName();
      }
    } while (page.more());
    return found;
  }

  private static void compareBytes(
      ReadView view, long volume, VolumeNode node, Random random, String at) {
    int from = random.nextInt(node.values.length + 1);
    int length = random.nextInt(node.values.length + 2);
    long inode = node.attributes.getInode();
    assertThat(bytes(view, volume, inode, 0, node.values.length)).as(at).isEqualTo(expected(node));
    assertThat(bytes(view, volume, inode, from, length))
        .as("%s: %d bytes from %d of inode %d", at, length, from, inode)
        .isEqualTo(Arrays.copyOfRange(expected(node), from, from + length));
  }

  private static byte[] expected(VolumeNode node) {
    byte[] bytes = node.values.clone();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = node.writes[i] == 0 ? 0 : bytes[i];
    }
    return bytes;
  }

  private static byte[] bytes(ReadView view, long volume, long inode, int from, int length) {
    byte[] bytes = new byte[length];
    long last = from;
    for (Slice slice : VolumeQueries.slices(view, volume, inode, from, length, 1_000)) {
      assertThat(slice.getOffset()).isGreaterThanOrEqualTo(last);
      last = slice.getOffset() + slice.getLength();
      for (int i = 0; i < slice.getLength(); i++) {
        bytes[(int) slice.getOffset() - from + i] =
            slice.hasExtent()
                ? VolumeModel.byteOf(
                    slice.getExtent().getExtentId(), slice.getExtent().getOffset() + i)
                : slice.getInline().byteAt(i);
      }
    }
    return bytes;
  }

  private static void compareExtents(ReadView view, ExtentModel extents, String at) {
    extents.references.forEach(
        (id, references) -> {
          ExtentRecord record = ObjectQueries.extent(view, ExtentId.of(id));
          assertThat(record).as("extent %s at %s", ExtentId.of(id), at).isNotNull();
          assertThat(record.getReferences())
              .as("references of %s at %s", ExtentId.of(id), at)
              .isEqualTo(references.longValue());
          assertThat(record.getSizeBytes())
              .as("size of %s at %s", ExtentId.of(id), at)
              .isEqualTo(extents.sizes.get(id));
        });
    TreeMap<ByteString, Integer> named = new TreeMap<>(ExtentModel.ORDER);
    try (Cursor cursor = view.scan(Table.SLICE, new byte[0], null)) {
      while (cursor.next()) {
        Slice slice = Slice.parseFrom(cursor.value());
        if (slice.hasExtent()) {
          named.merge(slice.getExtent().getExtentId(), 1, Integer::sum);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    TreeMap<ByteString, Integer> counted = new TreeMap<>(ExtentModel.ORDER);
    extents.references.forEach(
        (id, references) -> {
          if (references > 0) {
            counted.put(id, references);
          }
        });
    assertThat(named).as(at).isEqualTo(counted);
    List<ExtentId> garbage = new ArrayList<>();
    ObjectQueries.garbage(view, Long.MAX_VALUE, 100).forEach(row -> garbage.add(row.id()));
    assertThat(garbage)
        .as(at)
        .containsExactlyInAnyOrderElementsOf(
            extents.garbage.keySet().stream().map(ExtentId::of).toList());
  }

  /** Nothing is left of what was deleted. */
  private static void compareRowCounts(ReadView view, VolumeModel model, String at) {
    int inodes = 0;
    int names = 0;
    int orphans = 0;
    for (VolumeFiles files : model.volumes.values()) {
      inodes += files.nodes.size();
      for (VolumeNode node : files.nodes.values()) {
        names += node.children.size();
        orphans += node.heldBy == 0 ? 0 : 1;
      }
    }
    assertThat(count(view, Table.INODE)).as(at).isEqualTo(inodes);
    assertThat(count(view, Table.DENTRY)).as(at).isEqualTo(names);
    assertThat(count(view, Table.ORPHAN)).as(at).isEqualTo(orphans);
    assertThat(count(view, Table.VOLUME)).as(at).isEqualTo(model.volumes.size());
    assertThat(count(view, Table.SESSION)).as(at).isEqualTo(model.sessions.size());
    assertThat(count(view, Table.DUE)).as(at).isEqualTo(model.sessions.size());
    assertThat(count(view, Table.SWEEP)).as(at).isZero();
  }

  private static int count(ReadView view, Table table) {
    int count = 0;
    try (Cursor cursor = view.scan(table, new byte[0], null)) {
      while (cursor.next()) {
        count++;
      }
    }
    return count;
  }
}

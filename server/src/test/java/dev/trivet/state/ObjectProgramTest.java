package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.BucketRecord;
import dev.trivet.proto.log.ExtentRecord;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.Program.Step;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs of blob commands, made from a seed, against {@link ObjectModel}. */
final class ObjectProgramTest {
  private static final int PROGRAMS = 8;
  private static final int STEPS = 300;

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
    ObjectModel model = new ObjectModel();
    Random random = new Random(seed);
    ObjectCommandMaker names = new ObjectCommandMaker(random);
    try (Store store = Store.open(folder.resolve("p" + seed), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      List<Step> program = program(seed);
      for (int i = 0; i < program.size(); i++) {
        Step step = program.get(i);
        String at = "seed " + seed + ", step " + i + ": " + step;
        Set<ExtentId> before = live(model);
        Applied applied =
            machine.apply(new LogPosition(1, i + 1), step.millis(), List.of(step.command()));
        compareAnswer(
            applied.outcomes().getFirst(), model.apply(step.millis(), step.command()), at);
        compareChanges(applied, before, live(model), at);
        try (ReadView view = store.view()) {
          compareBuckets(view, model, at);
          for (String bucket : model.buckets.keySet()) {
            compareListing(view, model, bucket, names, random, at);
          }
          compareExtents(view, model, at);
        }
      }
    }
  }

  private static List<Step> program(long seed) {
    Random random = new Random(seed);
    ObjectCommandMaker maker = new ObjectCommandMaker(random);
    long millis = 10_000_000;
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      millis += random.nextInt(3) == 0 ? random.nextInt(200_000) : 0;
      steps.add(new Step(millis, maker.next(millis)));
    }
    return steps;
  }

  private static void compareAnswer(Outcome outcome, ObjectModel.Answer expected, String at) {
    String refusal = expected.refusal() == null ? "" : expected.refusal().name();
    assertThat(outcome.getRefusal().getCode()).as(at).isEqualTo(refusal);
    assertThat(outcome.hasManifest()).as(at).isEqualTo(expected.stored() != null);
    if (expected.stored() != null) {
      assertThat(outcome.getManifest()).as(at).isEqualTo(expected.stored());
    }
  }

  /** What other floors hear: extents that are named for the first time, and for the last. */
  private static void compareChanges(
      Applied applied, Set<ExtentId> before, Set<ExtentId> after, String at) {
    List<Change> expected = new ArrayList<>();
    after.stream()
        .filter(id -> !before.contains(id))
        .forEach(id -> expected.add(new Change.ExtentReferenced(id)));
    before.stream()
        .filter(id -> !after.contains(id))
        .forEach(id -> expected.add(new Change.ExtentReleased(id)));
    assertThat(applied.changes()).as(at).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static void compareBuckets(ReadView view, ObjectModel model, String at) {
    List<BucketRecord> buckets = ObjectQueries.buckets(view, 100);
    assertThat(buckets)
        .as(at)
        .extracting(BucketRecord::getName)
        .containsExactlyElementsOf(model.buckets.keySet());
    int inline = 0;
    for (BucketRecord bucket : buckets) {
      long size = 0;
      NavigableMap<String, ObjectModel.Stored> objects = objects(model, bucket.getName());
      for (ObjectModel.Stored stored : objects.values()) {
        size += stored.manifest().getSizeBytes();
        if (stored.manifest().getIsInline()) {
          inline++;
          assertThat(ObjectQueries.inlineContent(view, stored.manifest()))
              .as(at)
              .isEqualTo(stored.inline());
        }
      }
      assertThat(bucket.getObjectCount()).as(at).isEqualTo(objects.size());
      assertThat(bucket.getSizeBytes()).as(at).isEqualTo(size);
    }
    assertThat(count(view, Table.INLINE)).as(at).isEqualTo(inline);
  }

  private static void compareListing(
      ReadView view,
      ObjectModel model,
      String bucket,
      ObjectCommandMaker names,
      Random random,
      String at) {
    String prefix = random.nextBoolean() ? "" : names.key();
    String after = random.nextBoolean() ? "" : names.key();
    int limit = 1 + random.nextInt(5);
    List<ObjectQueries.Named> expected = new ArrayList<>();
    objects(model, bucket)
        .forEach(
            (key, stored) -> {
              if (key.startsWith(prefix) && key.compareTo(after) > 0) {
                expected.add(new ObjectQueries.Named(key, stored.manifest()));
              }
            });
    ObjectQueries.Page page = ObjectQueries.list(view, bucket, prefix, after, limit);
    assertThat(page.objects())
        .as("%s: prefix '%s' after '%s'", at, prefix, after)
        .isEqualTo(expected.subList(0, Math.min(limit, expected.size())));
    assertThat(page.more()).as(at).isEqualTo(expected.size() > limit);
    String key = names.key();
    ObjectModel.Stored stored = objects(model, bucket).get(key);
    Manifest found = ObjectQueries.head(view, bucket, key);
    assertThat(found).as(at).isEqualTo(stored == null ? null : stored.manifest());
  }

  private static void compareExtents(ReadView view, ObjectModel model, String at) {
    assertThat(count(view, Table.EXTENT)).as(at).isEqualTo(model.extents.references.size());
    model.extents.references.forEach(
        (id, references) ->
            assertThat(ObjectQueries.extent(view, ExtentId.of(id)))
                .as("extent %s at %s", ExtentId.of(id), at)
                .isEqualTo(
                    ExtentRecord.newBuilder()
                        .setReferences(references)
                        .setSizeBytes(model.extents.sizes.getOrDefault(id, 0L))
                        .build()));
    assertThat(ObjectQueries.referencedExtents(view, null, 100))
        .as(at)
        .containsExactlyElementsOf(live(model));
    List<ObjectQueries.Garbage> garbage = new ArrayList<>();
    model.extents.garbage.forEach(
        (id, millis) -> garbage.add(new ObjectQueries.Garbage(ExtentId.of(id), millis)));
    assertThat(ObjectQueries.garbage(view, Long.MAX_VALUE, 100))
        .as(at)
        .containsExactlyInAnyOrderElementsOf(garbage);
  }

  /** Extents that some manifest names. */
  private static Set<ExtentId> live(ObjectModel model) {
    TreeSet<ExtentId> ids = new TreeSet<>();
    for (NavigableMap<String, ObjectModel.Stored> objects : model.buckets.values()) {
      for (ObjectModel.Stored stored : objects.values()) {
        stored.manifest().getExtentsList().stream()
            .map(extent -> ExtentId.of(extent.getId()))
            .forEach(ids::add);
      }
    }
    return ids;
  }

  private static NavigableMap<String, ObjectModel.Stored> objects(
      ObjectModel model, String bucket) {
    NavigableMap<String, ObjectModel.Stored> objects = model.buckets.get(bucket);
    if (objects == null) {
      throw new AssertionError("the model has no bucket " + bucket);
    }
    return objects;
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

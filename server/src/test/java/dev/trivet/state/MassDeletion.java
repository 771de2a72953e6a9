package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How much processor time the apply thread needs to end a lease with very many keys, and to delete
 * a large range. A program of its own: {@code java -cp ... dev.trivet.state.MassDeletion [KEYS
 * [ROUNDS]]}. The fastest and the middle round count: the first ones compile.
 */
public final class MassDeletion {
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final int DEFAULT_KEYS = 100_000;
  private static final int DEFAULT_ROUNDS = 9;
  private static final int VALUE_BYTES = 64;
  private static final int PUTS_PER_ENTRY = 500;
  private static final long LEASE = 7;

  private final Store store;
  private final int keys;
  private final StateMachine machine;

  private MassDeletion(Store store, int keys) {
    this.store = store;
    this.keys = keys;
    this.machine = new StateMachine(store, _ -> true);
  }

  public static void main(String[] arguments) throws IOException {
    int keys = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_KEYS;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_ROUNDS;
    Path folder = Files.createTempDirectory("mass-deletion");
    try (Store store = Store.open(folder, StoreOptions.DEFAULT)) {
      MassDeletion deletion = new MassDeletion(store, keys);
      deletion.measure("revoke a lease", rounds, LEASE, revocation());
      deletion.measure("delete a range", rounds, 0, deletion());
      deletion.measure("delete a range on a lease", rounds, LEASE, deletion());
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Command revocation() {
    return Command.newBuilder()
        .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(LEASE))
        .build();
  }

  private static Command deletion() {
    return Command.newBuilder()
        .setDeleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key/"))
                .setRangeEnd(ByteString.copyFromUtf8("key0")))
        .build();
  }

  private void measure(String what, int rounds, long lease, Command command) {
    List<Double> millis = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      load(lease);
      store.flush();
      long begin = CPU.getCurrentThreadCpuTime();
      var _ = apply(List.of(command));
      millis.add(
          (CPU.getCurrentThreadCpuTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }
    List<Double> sorted = millis.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%-26s %,d keys: fastest %.0f ms, middle %.0f ms; in order %s%n",
        what,
        keys,
        sorted.getFirst(),
        sorted.get(rounds / 2),
        millis.stream().map(each -> String.format(Locale.ROOT, "%.0f", each)).toList());
  }

  private void load(long lease) {
    var _ =
        apply(
            List.of(
                Command.newBuilder()
                    .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(LEASE).setTTL(60))
                    .build()));
    ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
    List<Command> entry = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      entry.add(
          Command.newBuilder()
              .setPut(
                  PutRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8("key/%09d".formatted(i)))
                      .setValue(value)
                      .setLease(lease))
              .build());
      if (entry.size() == PUTS_PER_ENTRY) {
        var _ = apply(entry);
        entry.clear();
      }
    }
    if (!entry.isEmpty()) {
      var _ = apply(entry);
    }
  }

  private Applied apply(List<Command> entry) {
    return machine.apply(
        new LogPosition(1, store.applied().index() + 1), 1_000_000, List.copyOf(entry));
  }
}

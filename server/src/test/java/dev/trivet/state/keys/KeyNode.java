package dev.trivet.state.keys;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.StateMachine;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;

/** A state machine on a store of its own, to which keys are written one by one. */
final class KeyNode implements AutoCloseable {
  private final Store store;
  private final StateMachine machine;
  private long index;

  KeyNode(Path folder) {
    store = Store.open(folder, StoreOptions.DEFAULT);
    machine = new StateMachine(store, _ -> true);
    // Who has not taken leadership is refused what a leader sees to.
    apply(Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build());
  }

  @Override
  public void close() {
    store.close();
  }

  ReadView view() {
    return store.view();
  }

  private void apply(Command command) {
    var _ = machine.apply(new LogPosition(1, index++), index, List.of(command));
  }

  void put(String key) {
    apply(
        Command.newBuilder()
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8("value")))
            .build());
  }

  void delete(String key) {
    apply(
        Command.newBuilder()
            .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
            .build());
  }

  /** Compacts, as the leader sees to it: until nothing is left to be removed. */
  void compact(long revision) {
    apply(
        Command.newBuilder()
            .setCompact(CompactionRequest.newBuilder().setRevision(revision))
            .build());
    while (hasBacklog()) {
      apply(Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(1)).build());
    }
  }

  private boolean hasBacklog() {
    try (ReadView view = store.view()) {
      return KeyQueries.hasCompactionBacklog(view);
    }
  }

  long revision() {
    try (ReadView view = store.view()) {
      return Counter.REVISION.in(view);
    }
  }
}

package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.state.StateMachine;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BrokenApplyTest {
  @TempDir Path folder;

  @Test
  void afterAnEntryThatFailedNothingIsAppliedAndNothingIsComplainedOfAgain() {
    List<Throwable> fatal = new ArrayList<>();
    try (Store store = Store.open(folder, StoreOptions.DEFAULT)) {
      ReplicatedState state =
          new ReplicatedState(
              new StateMachine(store, _ -> true),
              new ReplicaObservers(List.of(), _ -> {}, fatal::add),
              new HashHistory(store),
              new AppliedIndex(),
              _ -> {});

      CompletableFuture<Message> first = state.applyTransaction(entry(state, 1));
      CompletableFuture<Message> second = state.applyTransaction(entry(state, 2));

      assertThat(first).isCompletedExceptionally();
      assertThat(second).isNotDone();
      assertThat(fatal).hasSize(1);
      assertThat(store.applied().index()).isNegative();
    }
  }

  /** No batch of commands has this form. */
  private static TransactionContext entry(ReplicatedState state, long index) {
    return TransactionContext.newBuilder()
        .setServerRole(RaftPeerRole.FOLLOWER)
        .setStateMachine(state)
        .setLogEntry(
            LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(index)
                .setStateMachineLogEntry(
                    StateMachineLogEntryProto.newBuilder()
                        .setLogData(ByteString.copyFrom(new byte[] {-1, -1})))
                .build())
        .build();
  }
}

package dev.trivet.chaos.plant;

import dev.trivet.proto.log.Outcome;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Every bug that can be planted, each with the shortest run that finds it. */
public final class Plants {
  private static final ClassDesc LIST = ConstantDescs.CD_List;
  private static final ClassDesc FUTURE = desc(CompletableFuture.class);

  /** A mild fault, so that clients have done something before the one that matters. */
  private static final String FIRST = "transfer";

  private Plants() {}

  /** All of them. */
  public static List<Plant> all() {
    return List.of(
        staleRead(),
        earlyAcknowledgement(),
        skippedSync(),
        droppedEvent(),
        repeatedRetry(),
        leaseByWallClock(),
        brokenFence(),
        truncatedList(),
        loneExtent(),
        shortSnapshot());
  }

  /**
   * The one of this name.
   *
   * @throws IllegalArgumentException with the names that there are
   */
  public static Plant named(String name) {
    return all().stream()
        .filter(plant -> plant.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no planted bug is called '%s', there are: %s"
                        .formatted(
                            name, String.join(" ", all().stream().map(Plant::name).toList()))));
  }

  private static Plant staleRead() {
    String barriers = "dev.trivet.replicate.ReadBarriers";
    ClassDesc electorate = ClassDesc.of("dev.trivet.replicate.Electorate");
    return new Plant(
        "stale-read",
        "a leader answers reads without asking whether it still leads",
        List.of(
            Edit.instead(
                barriers,
                "confirm()Ljava/util/concurrent/CompletableFuture;",
                code ->
                    code.aload(0)
                        .getfield(ClassDesc.of(barriers), "electorate", electorate)
                        .invokeinterface(
                            electorate, "committedIndex", MethodTypeDesc.of(ConstantDescs.CD_long))
                        .invokestatic(
                            ConstantDescs.CD_Long,
                            "valueOf",
                            MethodTypeDesc.of(ConstantDescs.CD_Long, ConstantDescs.CD_long))
                        .invokestatic(
                            FUTURE,
                            "completedFuture",
                            MethodTypeDesc.of(FUTURE, ConstantDescs.CD_Object))
                        .areturn())),
        new Plant.Hunt(
            List.of("pause-cut-leader", "pause-cut-leader", "pause-cut-leader"),
            List.of("registers"),
            Set.of(
                "every key behaves as if there were one copy of it",
                "what begins after an answer sees the revision of that answer or a later one")));
  }

  private static Plant earlyAcknowledgement() {
    ClassDesc batch = ClassDesc.of("dev.trivet.replicate.LiveBatch");
    return new Plant(
        "early-acknowledgement",
        "a leader answers writes when it has handed them to Raft",
        List.of(
            Edit.first(
                "dev.trivet.replicate.GroupCommit",
                "submit(Ldev/trivet/replicate/LiveBatch;)V",
                code -> {
                  code.aload(1).lconst_0().aload(1);
                  code.invokevirtual(batch, "commands", MethodTypeDesc.of(LIST));
                  planted(code, "outcomesBeforeCommit");
                  code.invokevirtual(
                      batch,
                      "complete",
                      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, LIST));
                })),
        new Plant.Hunt(
            List.of(FIRST, "isolate-leader"),
            List.of("sets"),
            Set.of("what was acknowledged is there")));
  }

  private static Plant skippedSync() {
    return new Plant(
        "skipped-sync",
        "the log is written and not synced",
        List.of(
            Edit.call(
                "org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel",
                "flush()V",
                "force",
                code -> code.pop().pop())),
        new Plant.Hunt(
            List.of(FIRST, "power-all"),
            List.of("sets"),
            Set.of("what was acknowledged is there")));
  }

  private static Plant droppedEvent() {
    return new Plant(
        "dropped-event",
        "a watch is not told of one revision in 50",
        List.of(
            Edit.atReturn(
                "dev.trivet.watch.Watch",
                "wanted(Ljava/util/List;)Ljava/util/List;",
                code -> planted(code, "withoutSome"))),
        new Plant.Hunt(
            List.of(FIRST),
            List.of("watches"),
            Set.of(
                "a watch misses nothing from its start on",
                "the value before an event is the one of the event before")));
  }

  private static Plant repeatedRetry() {
    return new Plant(
        "repeated-retry",
        "a write that is sent again is applied again",
        List.of(
            Edit.instead(
                "dev.trivet.state.requests.RequestAnswers",
                "once(Ldev/trivet/state/entry/EntryContext;Ldev/trivet/proto/log/RequestId;"
                    + "Ljava/util/function/Supplier;)Ldev/trivet/proto/log/Outcome;",
                code ->
                    code.aload(2)
                        .invokeinterface(
                            desc(Supplier.class), "get", MethodTypeDesc.of(ConstantDescs.CD_Object))
                        .checkcast(desc(Outcome.class))
                        .areturn())),
        new Plant.Hunt(
            List.of("resets", "kill-leader", "resets", "pause-leader", "resets"),
            List.of("sets"),
            Set.of("a write is applied once, however often it is sent")));
  }

  private static Plant leaseByWallClock() {
    return new Plant(
        "lease-by-wall-clock",
        "leases are counted by a clock that can be set",
        List.of(
            Edit.instead(
                "dev.trivet.lessor.LeaseClock",
                "millis()J",
                code ->
                    code.invokestatic(
                            desc(System.class),
                            "currentTimeMillis",
                            MethodTypeDesc.of(ConstantDescs.CD_long))
                        .lreturn())),
        new Plant.Hunt(
            List.of(FIRST, "clock-forward"),
            List.of("leases"),
            Set.of("a lease does not expire before its time")));
  }

  private static Plant brokenFence() {
    return new Plant(
        "broken-fence",
        "a guard that names the holder of a lock always holds",
        List.of(
            Edit.first(
                "dev.trivet.state.keys.Compares",
                "hold(Ldev/trivet/store/Rows;Ljava/util/List;)Z",
                code -> {
                  code.aload(1);
                  planted(code, "withoutFences");
                  code.astore(1);
                })),
        new Plant.Hunt(
            List.of("isolate-follower", "isolate-leader", "isolate-follower", "isolate-leader"),
            List.of("locks", "elections"),
            Set.of("a write of an older holder is refused after a newer one")));
  }

  private static Plant truncatedList() {
    return new Plant(
        "truncated-list",
        "a range ends after 100 keys and says that there is no more",
        List.of(
            Edit.atReturn(
                "dev.trivet.state.keys.KeyQueries",
                "range(Ldev/trivet/store/Rows;Ldev/trivet/proto/etcd/RangeRequest;J)"
                    + "Ldev/trivet/proto/etcd/RangeResponse;",
                code -> planted(code, "cutShort"))),
        new Plant.Hunt(List.of(FIRST), List.of("sets"), Set.of("what was acknowledged is there")));
  }

  /** Two edits: by one alone, the other nodes would fetch a copy within a moment. */
  private static Plant loneExtent() {
    return new Plant(
        "lone-extent",
        "an extent is acknowledged when one node has it, and no other misses it",
        List.of(
            Edit.call(
                "dev.trivet.extents.QuorumExtents",
                "begin()Ldev/trivet/extents/ExtentStorage$Upload;",
                "others",
                code -> code.pop().invokestatic(LIST, "of", MethodTypeDesc.of(LIST), true)),
            Edit.instead(
                "dev.trivet.state.StateMachine",
                "noteMissing(Ldev/trivet/store/Batch;Ldev/trivet/state/entry/Change;)V",
                CodeBuilder::return_)),
        new Plant.Hunt(
            List.of(FIRST, "disk-wiped-leader"),
            List.of("blobs"),
            Set.of("what was acknowledged stays")));
  }

  private static Plant shortSnapshot() {
    return new Plant(
        "short-checkpoint",
        "a snapshot lacks its last batch",
        List.of(
            Edit.atReturn(
                "dev.trivet.store.Store",
                "checkpoint(Ljava/nio/file/Path;)Ldev/trivet/store/LogPosition;",
                code -> {
                  code.aload(1);
                  planted(code, "withoutLastBatch");
                })),
        new Plant.Hunt(
            List.of("snapshot-install"), List.of("sets"), Set.of("all nodes hold the same state")));
  }

  /** Calls a method of {@link PlantedCode}, which has one of that name. */
  private static void planted(CodeBuilder code, String name) {
    Method method =
        Arrays.stream(PlantedCode.class.getDeclaredMethods())
            .filter(one -> one.getName().equals(name))
            .findFirst()
            .orElseThrow();
    MethodType type = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    code.invokestatic(
        desc(PlantedCode.class), name, MethodTypeDesc.ofDescriptor(type.descriptorString()));
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}

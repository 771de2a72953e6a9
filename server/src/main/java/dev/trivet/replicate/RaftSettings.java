package dev.trivet.replicate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis's settings: the defaults lose data, memory or time in places, so little is left to them.
 */
final class RaftSettings {
  /** The largest entry that is replicated; one command may not be larger than half of it. */
  static final int MAX_ENTRY_BYTES = 8 << 20;

  private static final int RECORD_OVERHEAD_BYTES = 1 << 20;

  /**
   * So many bytes are written ahead and synced whenever the open segment is full to its end, so
   * that the entries after them change no metadata of the file. Whoever waits for the entry that
   * meets it waits for all of them; the first entry of a new leader does, on all nodes.
   */
  private static final int PREALLOCATED_BYTES = 1 << 20;

  /** Ratis's default is larger than a message may be, and than what a heap of 256 MiB likes. */
  static final int SNAPSHOT_CHUNK_BYTES = 256 << 10;

  /**
   * Pauses between tries to reach a follower, as "pause, how many times, ...". By the default a
   * node that comes back after a while hears nothing for 2.5 to 7.5 s, and a leader that has tried
   * for an hour and a half then tries without any pause.
   */
  private static final String TRIES = "10ms,10, 200ms,1000000000";

  private static final TimeDuration ALONE = TimeDuration.valueOf(50, TimeUnit.MILLISECONDS);

  private RaftSettings() {}

  static RaftProperties of(ReplicaConfig config, ReplicaPace pace) {
    RaftProperties settings = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(
        settings, List.of(RaftFiles.folder(config.dataDirectory()).toFile()));
    String address = config.self().raftAddress();
    int colon = address.lastIndexOf(':');
    GrpcConfigKeys.Server.setHost(
        settings, config.bindHost().isEmpty() ? address.substring(0, colon) : config.bindHost());
    GrpcConfigKeys.Server.setPort(settings, Integer.parseInt(address.substring(colon + 1)));
    // Messages carry an entry and what surrounds it.
    GrpcConfigKeys.setMessageSizeMax(
        settings, SizeInBytes.valueOf(MAX_ENTRY_BYTES + 2 * RECORD_OVERHEAD_BYTES));
    RaftConfigKeys.Rpc.setType(settings, new GuardedRpc());
    elections(settings, config);
    // A newcomer that answers nothing for so long is not admitted.
    RaftServerConfigKeys.setStagingTimeout(settings, TimeDuration.valueOf(30, TimeUnit.SECONDS));
    log(settings, pace);
    RaftServerConfigKeys.Write.setByteLimit(settings, SizeInBytes.valueOf(64 << 20));
    RaftServerConfigKeys.Write.setElementLimit(settings, 4096);
    // Replies for retries: nobody retries by call id here, and each is on the heap for as long.
    RaftServerConfigKeys.RetryCache.setExpiryTime(
        settings, TimeDuration.valueOf(1, TimeUnit.SECONDS));
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(settings, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(settings, pace.snapshotEveryEntries());
    // A stop should be quick, and the store is as far as the snapshot would be.
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(settings, false);
    RaftServerConfigKeys.Snapshot.setCreationGap(settings, 1);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(settings, 2);
    return settings;
  }

  private static void elections(RaftProperties settings, ReplicaConfig config) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(settings, millis(config.electionMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(settings, millis(config.electionMax()));
    // Not shorter than the later ones: a candidate waits as long for answers, and those of nodes
    // that have just begun are late. Who was founded alone has nobody to wait for; should others
    // have joined since, they refuse it while they have a leader.
    boolean isAlone = config.voters().size() == 1;
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
        settings, isAlone ? ALONE : millis(config.electionMin()));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
        settings, isAlone ? ALONE : millis(config.electionMax()));
    RaftServerConfigKeys.LeaderElection.setPreVote(settings, true);
    // With the default of 10 s a leader that lost its majority sits out elections for as long.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        settings, TimeDuration.valueOf(1, TimeUnit.SECONDS));
  }

  private static void log(RaftProperties settings, ReplicaPace pace) {
    SizeInBytes entry = SizeInBytes.valueOf(MAX_ENTRY_BYTES);
    // Otherwise each commit is followed by an fsynced entry of its own.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(settings, false);
    RaftServerConfigKeys.Log.setSegmentSizeMax(
        settings, SizeInBytes.valueOf(pace.logSegmentBytes()));
    RaftServerConfigKeys.Log.setPreallocatedSize(settings, SizeInBytes.valueOf(PREALLOCATED_BYTES));
    RaftServerConfigKeys.Log.setWriteBufferSize(
        settings, SizeInBytes.valueOf(MAX_ENTRY_BYTES + RECORD_OVERHEAD_BYTES));
    // Cached segments are on the heap, each as large as its file: they, and not what is stored,
    // decide how long a full collection takes.
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(settings, 2);
    // Entries come in order by one stream and nothing waits in between: to hand each to two more
    // threads would only cost their waking.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(settings, false);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(settings, true);
    RaftServerConfigKeys.Log.setPurgeGap(settings, 1);
    // These two acknowledge before the fsync, or despite its failure.
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(settings, false);
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(settings, false);
    // The other policy cuts acknowledged entries off and goes on voting.
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        settings, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(settings, entry);
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(
        settings, TimeDuration.valueOf(0, TimeUnit.MILLISECONDS));
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(settings, true);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        settings, SizeInBytes.valueOf(SNAPSHOT_CHUNK_BYTES));
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(settings, TRIES);
  }

  private static TimeDuration millis(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}

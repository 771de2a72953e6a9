package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.ExtentHeader;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extents on all nodes: written to every node at once and acknowledged by a majority of them, read
 * from this node's disk or from another's.
 *
 * <p>Limits: so many uploads at once, each with 4 MiB of frames at most; an upload that comes when
 * all are taken waits for a while and is refused with {@code TOO_MANY_REQUESTS} then. So many nodes
 * may go on behind finished uploads; beyond, they are left to fetch the extent later.
 */
public final class QuorumExtents implements ExtentStorage {
  private static final Logger LOG = LoggerFactory.getLogger(QuorumExtents.class);
  private static final int MAX_UPLOADS = 32;
  private static final int MAX_STRAGGLERS = 32;
  private static final long UPLOAD_TURN_SECONDS = 5;

  /** No command may name an extent that began longer ago. */
  private static final Duration MAX_UPLOAD = Duration.ofMinutes(45);

  /** Another node that moves nothing for so long has failed. */
  static final Duration STALL = Duration.ofSeconds(10);

  private final LocalExtents local;
  private final MissingRows missing;
  private final PeerNetwork network;
  private final PeerReads peerReads;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Duration stall;
  private final AtomicLong leftOut = new AtomicLong();
  private final Semaphore uploads = new Semaphore(MAX_UPLOADS, true);
  private final Semaphore stragglers = new Semaphore(MAX_STRAGGLERS);

  /**
   * Opens nothing: all of it belongs to who made it, and must outlive this.
   *
   * @param random where ids come from: must never repeat itself, not even after a restart
   */
  public QuorumExtents(
      LocalExtents local,
      Store store,
      PeerNetwork network,
      InstantSource clock,
      RandomGenerator random) {
    this(local, store, network, clock, random, STALL);
  }

  QuorumExtents(
      LocalExtents local,
      Store store,
      PeerNetwork network,
      InstantSource clock,
      RandomGenerator random,
      Duration stall) {
    this.local = local;
    this.missing = new MissingRows(local, store);
    this.network = network;
    this.peerReads = new PeerReads(network, stall);
    this.stall = stall;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Upload begin() {
    takeTurn();
    boolean isBegun = false;
    try {
      ExtentId id = new ExtentId(random.nextLong(), random.nextLong());
      long beganMillis = Math.max(missing.logTime(), clock.millis());
      List<Destination> destinations = new ArrayList<>();
      destinations.add(new LocalDestination(local, network.self().name()));
      for (Member other : network.others()) {
        destinations.add(new PeerDestination(network, other, stall, MAX_UPLOAD));
      }
      ExtentHeader header =
          ExtentHeader.newBuilder().setId(id.toByteString()).setBeganMillis(beganMillis).build();
      Lanes lanes = Lanes.start(destinations, header, MAX_UPLOAD.toNanos(), stragglers);
      isBegun = true;
      return new QuorumUpload(id, beganMillis, lanes, this::ended);
    } finally {
      if (!isBegun) {
        uploads.release();
      }
    }
  }

  @Override
  public void read(ExtentId id, long offset, long length, Sink sink) {
    if (length == 0) {
      return;
    }
    Delivery delivery = new Delivery(sink, offset);
    long end = offset + length;
    List<String> failures = new ArrayList<>();
    try {
      long before;
      do {
        before = delivery.next;
        failures.clear();
        if (readHere(id, delivery, end, failures) || readElsewhere(id, delivery, end, failures)) {
          return;
        }
      } while (delivery.next > before);
    } catch (ConsumerFailed e) {
      throw e.failure;
    }
    throw ErrorCode.EXTENT_UNAVAILABLE.exception(
        "extent " + id + " could be read from no node: " + String.join("; ", failures));
  }

  @Override
  public long missingCount() {
    return missing.count();
  }

  /** Copies that finished uploads did without, since the start: their nodes fetch them later. */
  public long leftOutCount() {
    return leftOut.get();
  }

  private void ended(int copiesLeftOut) {
    leftOut.addAndGet(copiesLeftOut);
    uploads.release();
  }

  private boolean readHere(ExtentId id, Delivery delivery, long end, List<String> failures) {
    if (!local.isHere(id)) {
      failures.add(network.self().name() + " does not hold it");
      return false;
    }
    try {
      return local.read(
          id,
          reader -> {
            reader.read(delivery.next, end - delivery.next, delivery);
            return true;
          });
    } catch (TrivetException e) {
      note(network.self(), id, e, failures);
      return false;
    }
  }

  /** Another first for each extent, so that no node answers for all. */
  private boolean readElsewhere(ExtentId id, Delivery delivery, long end, List<String> failures) {
    List<Member> others = network.others();
    for (int i = 0; i < others.size(); i++) {
      Member holder = others.get((int) ((id.low() >>> 1) % others.size() + i) % others.size());
      try {
        peerReads.read(holder, id, delivery.next, end - delivery.next, delivery);
        return true;
      } catch (TrivetException e) {
        note(holder, id, e, failures);
      }
    }
    return false;
  }

  private static void note(
      Member holder, ExtentId id, TrivetException failure, List<String> failures) {
    if (failure.code() == ErrorCode.INVALID_RANGE) {
      throw failure;
    }
    if (failure.code() != ErrorCode.EXTENT_UNAVAILABLE) {
      LOG.warn("extent {} could not be read from {}: {}", id, holder.name(), failure.getMessage());
    }
    failures.add(holder.name() + ": " + failure.getMessage());
  }

  private void takeTurn() {
    boolean isTaken;
    try {
      isTaken = uploads.tryAcquire(UPLOAD_TURN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
    }
    if (!isTaken) {
      throw ErrorCode.TOO_MANY_REQUESTS.exception();
    }
  }

  /** The caller's own sink, and how far it has got. Its failures are nobody else's. */
  private static final class Delivery implements Sink {
    private final Sink sink;
    private long next;

    Delivery(Sink sink, long next) {
      this.sink = sink;
      this.next = next;
    }

    @Override
    public void accept(ByteString bytes) {
      try {
        sink.accept(bytes);
      } catch (RuntimeException e) {
        throw new ConsumerFailed(e);
      }
      next += bytes.size();
    }
  }

  private static final class ConsumerFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    final RuntimeException failure;

    ConsumerFailed(RuntimeException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}

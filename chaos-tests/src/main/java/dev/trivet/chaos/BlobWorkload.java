package dev.trivet.chaos;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.blobs.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Blobs of 1 byte to 1 MiB, inline and in extents. Promise: an acknowledged blob can be read from
 * every node, each time with the digest of what was sent.
 */
final class BlobWorkload implements Workload {
  private static final String BUCKET = "chaos";
  private static final int THREADS = 2;
  private static final int MAX_BYTES = 1 << 20;
  private static final long PAUSE_MILLIS = 50;

  /**
   * A client asks long for what no node has: when so many are lost, the others are not asked for.
   */
  private static final int MOST_BROKEN = 3;

  private final List<String> endpoints;
  private final TrivetClient client;
  private final Ledger ledger = new Ledger();
  private final long pauseMillis;
  private final Writers writers = new Writers(ledger);

  /** With writers that hardly rest. */
  BlobWorkload(List<String> endpoints) {
    this(endpoints, PAUSE_MILLIS);
  }

  /**
   * @param pauseMillis between two writes of a thread
   */
  BlobWorkload(List<String> endpoints, long pauseMillis) {
    this.pauseMillis = pauseMillis;
    this.endpoints = List.copyOf(endpoints);
    this.client = TrivetClient.connect(endpoints);
  }

  @Override
  public String name() {
    return "blobs";
  }

  @Override
  public void start() {
    client.blobs().ensureBucket(BUCKET);
    writers.start("blobs", THREADS, pauseMillis, (name, _) -> put(name));
  }

  private String put(String name) {
    Random random = new Random(name.hashCode());
    byte[] content = new byte[1 + random.nextInt(random.nextBoolean() ? MAX_BYTES : 4_096)];
    random.nextBytes(content);
    PutBlobHeader header = PutBlobHeader.newBuilder().setBucket(BUCKET).setKey(name).build();
    try {
      return digest(client.blobs().put(header, new ByteArrayInputStream(content)));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory could not be read", e);
    }
  }

  @Override
  public void stop() throws InterruptedException {
    writers.stop();
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public List<String> check() {
    List<String> broken = new ArrayList<>();
    for (String endpoint : endpoints) {
      try (TrivetClient one = TrivetClient.connect(List.of(endpoint))) {
        ledger
            .acknowledged()
            .forEach(
                (name, digest) -> {
                  if (broken.size() < MOST_BROKEN) {
                    check(one, endpoint, name, digest, broken);
                  }
                });
      }
    }
    return broken;
  }

  private static void check(
      TrivetClient one, String endpoint, String name, String digest, List<String> broken) {
    try {
      // The client compares the digest of what arrives with the manifest's.
      Manifest read = one.blobs().get(BUCKET, name, OutputStream.nullOutputStream());
      if (!digest(read).equals(digest)) {
        broken.add("blob " + name + " has other bytes at " + endpoint);
      }
    } catch (TrivetException e) {
      boolean isLost = e.code() == ErrorCode.OBJECT_NOT_FOUND;
      broken.add(
          "blob %s at %s: %s"
              .formatted(name, endpoint, isLost ? "acknowledged and lost" : e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("nothing could not be written to", e);
    }
  }

  private static String digest(Manifest manifest) {
    ByteString sha256 = manifest.getSha256();
    return HexFormat.of().formatHex(sha256.toByteArray());
  }

  @Override
  public void close() {
    client.close();
  }
}

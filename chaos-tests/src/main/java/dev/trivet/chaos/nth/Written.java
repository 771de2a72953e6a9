package dev.trivet.chaos.nth;

import com.google.protobuf.ByteString;
import dev.trivet.client.Query;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.etcd.KeyValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Keys and blobs that were written, each once, and whether that was acknowledged. A key's value and
 * a blob's bytes follow from the name, so that half of one is noticed whoever wrote it.
 */
final class Written {
  private static final String BUCKET = "nth";
  private static final String PREFIX = "nth/";
  private static final int VALUE_BYTES = 1_000;
  private static final int PAGE = 500;
  private static final int TRIES = 10;

  /** Of older blobs it is looked only whether they are there. */
  private static final int BLOBS_READ = 6;

  private final Set<String> keys = new LinkedHashSet<>();
  private final Map<String, ByteString> blobs = new LinkedHashMap<>();
  private int next;

  /** What a client was told of some writes. */
  record Told(int acknowledged, int failed, String lastFailure) {
    static final Told NOTHING = new Told(0, 0, "");

    static Told failure(TrivetException e) {
      return new Told(0, 1, String.valueOf(e.getMessage()));
    }

    Told and(Told other) {
      return new Told(
          acknowledged + other.acknowledged,
          failed + other.failed,
          other.lastFailure.isEmpty() ? lastFailure : other.lastFailure);
    }
  }

  /** Makes the bucket; again and again is fine. */
  void makeBucket(TrivetClient client) {
    for (int i = 1; i < TRIES; i++) {
      try {
        client.blobs().ensureBucket(BUCKET);
        return;
      } catch (TrivetException _) {
        // A busy machine takes its time for a first call.
      }
    }
    client.blobs().ensureBucket(BUCKET);
  }

  /** Writes another key. */
  Told put(TrivetClient client) {
    String key = "key-%06d".formatted(next++);
    try {
      var _ = client.keys().put(ByteString.copyFromUtf8(PREFIX + key), value(key, VALUE_BYTES));
      keys.add(key);
      return new Told(1, 0, "");
    } catch (TrivetException e) {
      return Told.failure(e);
    }
  }

  Told put(TrivetClient client, int count) {
    Told told = Told.NOTHING;
    for (int i = 0; i < count; i++) {
      told = told.and(put(client));
    }
    return told;
  }

  /** Writes another blob. */
  Told putBlob(TrivetClient client, int bytes) {
    String name = "blob-%d-%d".formatted(next++, bytes);
    PutBlobHeader header = PutBlobHeader.newBuilder().setBucket(BUCKET).setKey(name).build();
    try {
      byte[] content = value(name, bytes).toByteArray();
      Manifest manifest = client.blobs().put(header, new ByteArrayInputStream(content));
      blobs.put(name, manifest.getSha256());
      return new Told(1, 0, "");
    } catch (TrivetException e) {
      return Told.failure(e);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory could not be read", e);
    }
  }

  /** The last blob, read by way of one node. */
  void readLastBlob(TrivetClient client) {
    String name = List.copyOf(blobs.keySet()).getLast();
    var _ = read(client, name);
  }

  /**
   * Looks whether all that was acknowledged is there, and nothing is half there.
   *
   * @return what is not as it was promised; none if all is
   */
  List<String> missing(TrivetClient client) {
    List<String> broken = new ArrayList<>();
    Set<String> found = new LinkedHashSet<>();
    var listed = client.keys().list(Query.prefix(ByteString.copyFromUtf8(PREFIX)), PAGE);
    while (listed.hasNext()) {
      KeyValue row = listed.next();
      String key = row.getKey().toStringUtf8().substring(PREFIX.length());
      found.add(key);
      if (!row.getValue().equals(value(key, VALUE_BYTES))) {
        broken.add("key " + key + " has another value than was written");
      }
    }
    keys.stream()
        .filter(key -> !found.contains(key))
        .forEach(key -> broken.add("key " + key + " was acknowledged and is lost"));
    Set<String> names = new LinkedHashSet<>();
    client.blobs().forEach(BUCKET, "", blob -> names.add(blob.getKey()));
    blobs.keySet().stream()
        .filter(name -> !names.contains(name))
        .forEach(name -> broken.add("blob " + name + " was acknowledged and is lost"));
    names.stream()
        .skip(Math.max(0, names.size() - BLOBS_READ))
        .forEach(name -> broken.addAll(readAndCompare(client, name)));
    return broken;
  }

  private List<String> readAndCompare(TrivetClient client, String name) {
    try {
      Manifest manifest = read(client, name);
      ByteString told = blobs.getOrDefault(name, manifest.getSha256());
      return told.equals(manifest.getSha256())
          ? List.of()
          : List.of("blob " + name + " has another digest than was acknowledged");
    } catch (TrivetException e) {
      return List.of("blob " + name + " is listed and cannot be read: " + e.getMessage());
    }
  }

  /** The client compares the digest of what arrives with the manifest's. */
  private static Manifest read(TrivetClient client, String name) {
    try {
      return client.blobs().get(BUCKET, name, OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("nothing could not be written to", e);
    }
  }

  private static ByteString value(String name, int length) {
    byte[] bytes = new byte[length];
    new Random(name.hashCode()).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}

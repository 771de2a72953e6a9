package dev.trivet.demo;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.blobs.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A blob stored through one node and read, whole, through every other. */
final class BlobAct implements Act {
  private static final String BUCKET = "demo";
  private static final String KEY = "large";
  private static final long SIZE_BYTES = 64L << 20;
  private static final long SEED = 20_260_101;
  private static final int MIB_SHIFT = 20;

  private final LocalCluster cluster;
  private final Narrator narrator;
  private ByteString digest = ByteString.EMPTY;

  BlobAct(LocalCluster cluster, Narrator narrator) {
    this.cluster = cluster;
    this.narrator = narrator;
  }

  @Override
  public void before() throws IOException {
    NodeProcess first = cluster.nodes().getFirst();
    NodeProcess last = cluster.nodes().getLast();
    PutBlobHeader header = PutBlobHeader.newBuilder().setBucket(BUCKET).setKey(KEY).build();
    long start = System.nanoTime();
    try (TrivetClient client = TrivetClient.connect(List.of(first.endpoint()))) {
      client.blobs().ensureBucket(BUCKET);
      digest = client.blobs().put(header, () -> new SeededBytes(SEED, SIZE_BYTES)).getSha256();
    }
    long stored = System.nanoTime();
    String fault = faultAt(last);
    if (!fault.isEmpty()) {
      throw ErrorCode.CHECK_FAILED.exception(fault);
    }
    narrator.say(
        String.format(
            Locale.ROOT,
            "a blob of %d MiB stored through %s in %.1f s, read through %s in %.1f s",
            SIZE_BYTES >> MIB_SHIFT,
            first.name(),
            Narrator.seconds(stored - start),
            last.name(),
            Narrator.seconds(System.nanoTime() - stored)));
  }

  @Override
  public void after() throws IOException {
    List<String> faults = new ArrayList<>();
    for (NodeProcess node : cluster.nodes()) {
      String fault = faultAt(node);
      if (!fault.isEmpty()) {
        faults.add(fault);
      }
    }
    narrator.check("the blob has its digest at every node", faults);
  }

  /** What is wrong with the blob as the node gives it; empty if nothing is. */
  private String faultAt(NodeProcess node) throws IOException {
    try (TrivetClient client = TrivetClient.connect(List.of(node.endpoint()))) {
      // The library compares the bytes with the manifest's digest.
      Manifest manifest = client.blobs().get(BUCKET, KEY, OutputStream.nullOutputStream());
      return manifest.getSha256().equals(digest) && manifest.getSizeBytes() == SIZE_BYTES
          ? ""
          : node.name() + " has another blob: " + manifest.getSizeBytes() + " bytes";
    } catch (TrivetException e) {
      return node.name() + ": " + e.getMessage();
    }
  }
}

package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.BlobsGrpc;
import dev.trivet.proto.api.CreateBucketRequest;
import dev.trivet.proto.api.DeleteBlobRequest;
import dev.trivet.proto.api.DeleteBucketRequest;
import dev.trivet.proto.api.HeadBlobRequest;
import dev.trivet.proto.api.ListBlobsRequest;
import dev.trivet.proto.api.ListBlobsResponse;
import dev.trivet.proto.api.ListBucketsRequest;
import dev.trivet.proto.api.ListedBlob;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.BucketRecord;
import io.grpc.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Blobs in buckets: {@code trivet.v1.Blobs}. All methods block and throw {@link TrivetException}.
 * Bytes are streamed: a blob may be larger than memory.
 *
 * <p>A put is acknowledged when bytes and manifest are durable on a majority. Until its last byte
 * was sent nothing can have been applied; a put that throws OUTCOME_UNKNOWN may have been.
 */
public final class Blobs {
  /** How long a transfer is tried again without any progress: an election fits in. */
  static final Duration TRANSFER_PATIENCE = Duration.ofSeconds(15);

  private final Channel channel;
  private final Attempts attempts;
  private final Tokens tokens;

  Blobs(Wire wire) {
    this.channel = wire.channel();
    this.tokens = wire.tokens();
    this.attempts = new Attempts(wire, TrivetClient.DEADLINE);
  }

  /**
   * Makes an empty bucket.
   *
   * @throws TrivetException BUCKET_EXISTS, INVALID_BUCKET_NAME
   */
  public void createBucket(String bucket) {
    attempts.write(
        BlobsGrpc.getCreateBucketMethod(),
        CreateBucketRequest.newBuilder().setBucket(bucket).build());
  }

  /** Makes the bucket unless it exists. */
  public void ensureBucket(String bucket) {
    try {
      createBucket(bucket);
    } catch (TrivetException e) {
      if (e.code() != ErrorCode.BUCKET_EXISTS) {
        throw e;
      }
    }
  }

  /**
   * Deletes an empty bucket.
   *
   * @throws TrivetException BUCKET_NOT_EMPTY, BUCKET_NOT_FOUND
   */
  public void deleteBucket(String bucket) {
    attempts.write(
        BlobsGrpc.getDeleteBucketMethod(),
        DeleteBucketRequest.newBuilder().setBucket(bucket).build());
  }

  /** Every bucket, by name. */
  public List<BucketRecord> buckets() {
    return attempts
        .read(BlobsGrpc.getListBucketsMethod(), ListBucketsRequest.getDefaultInstance())
        .getBucketsList();
  }

  /**
   * Stores a blob; tried again, from the source's first byte, while it certainly was not applied.
   *
   * @param header bucket and key, and what else is to be known of it
   * @return the manifest; its digest was compared with that of the bytes that were sent
   * @throws IOException if the source cannot be read: nothing was stored then
   * @throws TrivetException DATA_CORRUPT if what was stored is not what was sent
   */
  public Manifest put(PutBlobHeader header, BlobSource source) throws IOException {
    Patience patience = new Patience(TRANSFER_PATIENCE, true);
    boolean isRenewed = false;
    while (true) {
      try (InputStream content = source.open()) {
        return new BlobUpload(channel, patience).send(header, content);
      } catch (TrivetException error) {
        if (isRenewed || !tokens.areRefusedBy(error.code())) {
          patience.pauseOrThrow(error);
        } else {
          // The next attempt has a new token.
          isRenewed = true;
        }
      }
    }
  }

  /** Stores a blob from a stream that can be read only once: one attempt. */
  public Manifest put(PutBlobHeader header, InputStream content) throws IOException {
    return new BlobUpload(channel, new Patience(TRANSFER_PATIENCE, true)).send(header, content);
  }

  /**
   * Writes a whole blob to a stream. When the node is lost on the way, it goes on where it was.
   *
   * @return the manifest; the bytes written have its digest
   * @throws IOException if the stream cannot be written
   * @throws TrivetException whatever was written is then to be thrown away; DATA_CORRUPT if it does
   *     not have the blob's digest, PRECONDITION_FAILED if the blob was overwritten meanwhile
   */
  public Manifest get(String bucket, String key, OutputStream target) throws IOException {
    return new BlobDownload(channel, bucket, key).whole(target);
  }

  /**
   * Writes a part of a blob to a stream; its checksums were compared by the node, its digest cannot
   * be.
   *
   * @param offset first byte, from 0
   * @param length at least 1; ends early at the blob's end
   */
  public Manifest get(String bucket, String key, long offset, long length, OutputStream target)
      throws IOException {
    if (offset < 0 || length < 1) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "offset " + offset + " and length " + length + ": at least 0 and 1 are needed");
    }
    return new BlobDownload(channel, bucket, key).part(offset, length, target);
  }

  /**
   * What is known of a blob.
   *
   * @throws TrivetException OBJECT_NOT_FOUND, BUCKET_NOT_FOUND
   */
  public Manifest head(String bucket, String key) {
    return attempts
        .read(
            BlobsGrpc.getHeadBlobMethod(),
            HeadBlobRequest.newBuilder().setBucket(bucket).setKey(key).build())
        .getManifest();
  }

  /** Deletes a blob. */
  public void delete(String bucket, String key) {
    delete(DeleteBlobRequest.newBuilder().setBucket(bucket).setKey(key).build());
  }

  /** Deletes a blob if the request's precondition holds. */
  public void delete(DeleteBlobRequest request) {
    attempts.write(BlobsGrpc.getDeleteBlobMethod(), request);
  }

  /** One page of a bucket, by key; {@code more} in the answer tells that there are others. */
  public ListBlobsResponse list(ListBlobsRequest request) {
    return attempts.read(BlobsGrpc.getListBlobsMethod(), request);
  }

  /**
   * Gives every blob whose key begins with a prefix, by key, page by page: what changes meanwhile
   * is seen or not.
   */
  public void forEach(String bucket, String prefix, Consumer<ListedBlob> action) {
    String after = "";
    while (true) {
      ListBlobsResponse page =
          list(
              ListBlobsRequest.newBuilder()
                  .setBucket(bucket)
                  .setPrefix(prefix)
                  .setStartAfter(after)
                  .build());
      page.getBlobsList().forEach(action);
      if (!page.getMore() || page.getBlobsCount() == 0) {
        return;
      }
      after = page.getBlobs(page.getBlobsCount() - 1).getKey();
    }
  }
}

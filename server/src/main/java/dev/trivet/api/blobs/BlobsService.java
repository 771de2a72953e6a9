package dev.trivet.api.blobs;

import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.api.edge.RequestStream;
import dev.trivet.errors.ErrorCode;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.api.BlobsGrpc;
import dev.trivet.proto.api.CreateBucketRequest;
import dev.trivet.proto.api.CreateBucketResponse;
import dev.trivet.proto.api.DeleteBlobRequest;
import dev.trivet.proto.api.DeleteBlobResponse;
import dev.trivet.proto.api.DeleteBucketRequest;
import dev.trivet.proto.api.DeleteBucketResponse;
import dev.trivet.proto.api.GetBlobRequest;
import dev.trivet.proto.api.GetBlobResponse;
import dev.trivet.proto.api.HeadBlobRequest;
import dev.trivet.proto.api.HeadBlobResponse;
import dev.trivet.proto.api.ListBlobsRequest;
import dev.trivet.proto.api.ListBlobsResponse;
import dev.trivet.proto.api.ListBucketsRequest;
import dev.trivet.proto.api.ListBucketsResponse;
import dev.trivet.proto.api.ListedBlob;
import dev.trivet.proto.api.PutBlobRequest;
import dev.trivet.proto.api.PutBlobResponse;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateBucket;
import dev.trivet.proto.log.DeleteBucket;
import dev.trivet.proto.log.DeleteObject;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Rows;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;

/** Trivet's service Blobs. Every read is linearizable. */
public final class BlobsService extends BlobsGrpc.BlobsImplBase {
  private static final int MAX_LISTED = 1000;
  private static final int MAX_BUCKETS = 10_000;

  /** A page of a listing ends behind the blob that goes beyond this. */
  private static final int FULL_PAGE_BYTES = 1 << 20;

  private static final int LISTED_AT_ONCE = 50;

  private final CommandLog log;
  private final Store store;
  private final ExtentStorage extents;
  private final InstantSource clock;

  public BlobsService(CommandLog log, Store store, ExtentStorage extents, InstantSource clock) {
    this.log = log;
    this.store = store;
    this.extents = extents;
    this.clock = clock;
  }

  @Override
  public void createBucket(
      CreateBucketRequest request, StreamObserver<CreateBucketResponse> observer) {
    Calls.answer(
        observer,
        log.propose(
            Command.newBuilder()
                .setCreateBucket(CreateBucket.newBuilder().setBucket(request.getBucket()))
                .build()),
        committed -> {
          var _ = Calls.accepted(committed);
          return CreateBucketResponse.getDefaultInstance();
        });
  }

  @Override
  public void deleteBucket(
      DeleteBucketRequest request, StreamObserver<DeleteBucketResponse> observer) {
    Calls.answer(
        observer,
        log.propose(
            Command.newBuilder()
                .setDeleteBucket(DeleteBucket.newBuilder().setBucket(request.getBucket()))
                .build()),
        committed -> {
          var _ = Calls.accepted(committed);
          return DeleteBucketResponse.getDefaultInstance();
        });
  }

  @Override
  public void listBuckets(
      ListBucketsRequest request, StreamObserver<ListBucketsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          try (ReadView view = newest()) {
            return ListBucketsResponse.newBuilder()
                .addAllBuckets(ObjectQueries.buckets(view, MAX_BUCKETS))
                .build();
          }
        });
  }

  @Override
  public StreamObserver<PutBlobRequest> putBlob(StreamObserver<PutBlobResponse> observer) {
    return RequestStream.into(new BlobUpload(log, store, extents, clock), observer);
  }

  @Override
  public void getBlob(GetBlobRequest request, StreamObserver<GetBlobResponse> observer) {
    ReplyStream.begin(
        observer,
        replies -> {
          BlobDownload download;
          try (ReadView view = newest()) {
            Manifest manifest = require(view, request.getBucket(), request.getKey());
            download = BlobDownload.of(view, manifest, request);
          }
          download.sendTo(replies, extents);
        });
  }

  @Override
  public void headBlob(HeadBlobRequest request, StreamObserver<HeadBlobResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          try (ReadView view = newest()) {
            return HeadBlobResponse.newBuilder()
                .setManifest(require(view, request.getBucket(), request.getKey()))
                .build();
          }
        });
  }

  @Override
  public void deleteBlob(DeleteBlobRequest request, StreamObserver<DeleteBlobResponse> observer) {
    DeleteObject.Builder delete =
        DeleteObject.newBuilder()
            .setBucket(request.getBucket())
            .setKey(request.getKey())
            .setPrecondition(request.getPrecondition());
    Calls.answer(
        observer,
        log.propose(Command.newBuilder().setDeleteObject(delete).build()),
        committed -> {
          var _ = Calls.accepted(committed);
          return DeleteBlobResponse.getDefaultInstance();
        });
  }

  @Override
  public void listBlobs(ListBlobsRequest request, StreamObserver<ListBlobsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          try (ReadView view = newest()) {
            requireBucket(view, request.getBucket());
            return page(view, request);
          }
        });
  }

  /** Fewer than asked for when their manifests are large: {@code more} then says so. */
  private static ListBlobsResponse page(Rows rows, ListBlobsRequest request) {
    int limit = request.getLimit() <= 0 ? MAX_LISTED : Math.min(request.getLimit(), MAX_LISTED);
    ListBlobsResponse.Builder page = ListBlobsResponse.newBuilder();
    String after = request.getStartAfter();
    long bytes = 0;
    boolean hasMore = true;
    while (hasMore && page.getBlobsCount() < limit && bytes < FULL_PAGE_BYTES) {
      ObjectQueries.Page next =
          ObjectQueries.list(
              rows,
              request.getBucket(),
              request.getPrefix(),
              after,
              Math.min(LISTED_AT_ONCE, limit - page.getBlobsCount()));
      for (ObjectQueries.Named object : next.objects()) {
        page.addBlobs(ListedBlob.newBuilder().setKey(object.key()).setManifest(object.manifest()));
        bytes += object.manifest().getSerializedSize();
        after = object.key();
      }
      hasMore = next.more();
    }
    return page.setMore(hasMore).build();
  }

  private ReadView newest() {
    Calls.await(log.readBarrier());
    return store.view();
  }

  private static Manifest require(Rows rows, String bucket, String key) {
    Manifest manifest = ObjectQueries.head(rows, bucket, key);
    if (manifest == null) {
      requireBucket(rows, bucket);
      throw ErrorCode.OBJECT_NOT_FOUND.exception("no object '" + bucket + "/" + key + "'");
    }
    return manifest;
  }

  static void requireBucket(Rows rows, String bucket) {
    if (ObjectQueries.bucket(rows, bucket) == null) {
      throw ErrorCode.BUCKET_NOT_FOUND.exception("no bucket '" + bucket + "'");
    }
  }
}

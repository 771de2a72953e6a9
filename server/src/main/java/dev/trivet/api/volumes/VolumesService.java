package dev.trivet.api.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.api.edge.RequestStream;
import dev.trivet.errors.ErrorCode;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.api.AttributesResponse;
import dev.trivet.proto.api.CloseSessionRequest;
import dev.trivet.proto.api.CloseSessionResponse;
import dev.trivet.proto.api.CreateVolumeRequest;
import dev.trivet.proto.api.DeleteVolumeRequest;
import dev.trivet.proto.api.DeleteVolumeResponse;
import dev.trivet.proto.api.GetAttributesRequest;
import dev.trivet.proto.api.GetVolumeRequest;
import dev.trivet.proto.api.ListVolumesRequest;
import dev.trivet.proto.api.ListVolumesResponse;
import dev.trivet.proto.api.LookupRequest;
import dev.trivet.proto.api.MutateRequest;
import dev.trivet.proto.api.MutateResponse;
import dev.trivet.proto.api.OpenSessionRequest;
import dev.trivet.proto.api.ReadDirectoryRequest;
import dev.trivet.proto.api.ReadDirectoryResponse;
import dev.trivet.proto.api.ReadFileRequest;
import dev.trivet.proto.api.ReadFileResponse;
import dev.trivet.proto.api.RenewSessionRequest;
import dev.trivet.proto.api.SessionResponse;
import dev.trivet.proto.api.VolumeResponse;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.api.WriteExtentRequest;
import dev.trivet.proto.api.WriteExtentResponse;
import dev.trivet.proto.files.DirectoryEntry;
import dev.trivet.proto.log.CloseSession;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.DeleteVolume;
import dev.trivet.proto.log.MutateVolume;
import dev.trivet.proto.log.OpenSession;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RenewSession;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.volumes.VolumeQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Rows;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Trivet's service Volumes. Every read is linearizable, and of a session that holds its volume.
 *
 * <p>Its methods may block and are called on virtual threads.
 */
public final class VolumesService extends VolumesGrpc.VolumesImplBase {
  private static final int MAX_ENTRIES = 1000;
  private static final int ENTRIES_AT_ONCE = 100;

  /** A page of a directory ends behind the entries that go beyond this. */
  private static final int FULL_PAGE_BYTES = 1 << 20;

  private final CommandLog log;
  private final Store store;
  private final ExtentStorage extents;
  private final RandomGenerator random;

  /**
   * The service over the floors below.
   *
   * @param random for the ids of sessions: not to be guessed, so that nobody mutates by mistake
   */
  public VolumesService(
      CommandLog log, Store store, ExtentStorage extents, RandomGenerator random) {
    this.log = log;
    this.store = store;
    this.extents = extents;
    this.random = random;
  }

  @Override
  public void createVolume(CreateVolumeRequest request, StreamObserver<VolumeResponse> observer) {
    propose(
        observer,
        Command.newBuilder()
            .setCreateVolume(
                CreateVolume.newBuilder()
                    .setName(request.getName())
                    .setQuotaBytes(request.getQuotaBytes())
                    .setIfAbsent(request.getIfAbsent())),
        outcome -> VolumeResponse.newBuilder().setVolume(outcome.getVolume()).build());
  }

  @Override
  public void deleteVolume(
      DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> observer) {
    propose(
        observer,
        Command.newBuilder().setDeleteVolume(DeleteVolume.newBuilder().setName(request.getName())),
        outcome -> DeleteVolumeResponse.getDefaultInstance());
  }

  @Override
  public void getVolume(GetVolumeRequest request, StreamObserver<VolumeResponse> observer) {
    read(
        observer,
        view -> {
          VolumeRecord volume = VolumeQueries.volume(view, request.getName());
          if (volume == null) {
            throw ErrorCode.VOLUME_NOT_FOUND.exception("no such volume: " + request.getName());
          }
          return VolumeResponse.newBuilder().setVolume(volume).build();
        });
  }

  @Override
  public void listVolumes(
      ListVolumesRequest request, StreamObserver<ListVolumesResponse> observer) {
    read(
        observer,
        view ->
            ListVolumesResponse.newBuilder().addAllVolumes(VolumeQueries.volumes(view)).build());
  }

  @Override
  public void openSession(OpenSessionRequest request, StreamObserver<SessionResponse> observer) {
    long id = request.getSessionId();
    while (id == 0) {
      id = random.nextLong();
    }
    propose(
        observer,
        Command.newBuilder()
            .setOpenSession(
                OpenSession.newBuilder()
                    .setVolume(request.getVolume())
                    .setHolder(request.getHolder())
                    .setTtlMillis(request.getTtlMillis())
                    .setSessionId(id)),
        VolumesService::session);
  }

  @Override
  public void renewSession(RenewSessionRequest request, StreamObserver<SessionResponse> observer) {
    propose(
        observer,
        Command.newBuilder()
            .setRenewSession(RenewSession.newBuilder().setSessionId(request.getSessionId())),
        VolumesService::session);
  }

  @Override
  public void closeSession(
      CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
    propose(
        observer,
        Command.newBuilder()
            .setCloseSession(CloseSession.newBuilder().setSessionId(request.getSessionId())),
        outcome -> CloseSessionResponse.getDefaultInstance());
  }

  @Override
  public void lookup(LookupRequest request, StreamObserver<AttributesResponse> observer) {
    read(
        observer,
        view -> {
          long volume = volumeOf(view, request.getSessionId());
          return AttributesResponse.newBuilder()
              .setAttributes(
                  VolumeQueries.lookup(view, volume, request.getParent(), request.getName()))
              .build();
        });
  }

  @Override
  public void getAttributes(
      GetAttributesRequest request, StreamObserver<AttributesResponse> observer) {
    read(
        observer,
        view -> {
          long volume = volumeOf(view, request.getSessionId());
          return AttributesResponse.newBuilder()
              .setAttributes(VolumeQueries.attributes(view, volume, request.getInode()))
              .build();
        });
  }

  @Override
  public void readDirectory(
      ReadDirectoryRequest request, StreamObserver<ReadDirectoryResponse> observer) {
    read(observer, view -> page(view, request));
  }

  private static ReadDirectoryResponse page(Rows rows, ReadDirectoryRequest request) {
    long volume = volumeOf(rows, request.getSessionId());
    int limit = request.getLimit() <= 0 ? MAX_ENTRIES : Math.min(request.getLimit(), MAX_ENTRIES);
    ReadDirectoryResponse.Builder page = ReadDirectoryResponse.newBuilder();
    ByteString after = request.getAfterName();
    long bytes = 0;
    boolean hasMore = true;
    while (hasMore && page.getEntriesCount() < limit && bytes < FULL_PAGE_BYTES) {
      VolumeQueries.Page next =
          VolumeQueries.readDirectory(
              rows,
              volume,
              request.getInode(),
              after,
              Math.min(ENTRIES_AT_ONCE, limit - page.getEntriesCount()));
      for (DirectoryEntry entry : next.entries()) {
        page.addEntries(entry);
        bytes += entry.getSerializedSize();
        after = entry.getName();
      }
      hasMore = next.more();
      page.setParent(next.parent());
    }
    return page.setMore(hasMore).build();
  }

  @Override
  public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> observer) {
    ReplyStream.begin(
        observer,
        replies -> {
          Calls.await(log.readBarrier());
          new FileDownload(store, extents, request, replies).send();
        });
  }

  @Override
  public StreamObserver<WriteExtentRequest> writeExtent(
      StreamObserver<WriteExtentResponse> observer) {
    return RequestStream.into(new ExtentUpload(log, store, extents), observer);
  }

  @Override
  public void mutate(MutateRequest request, StreamObserver<MutateResponse> observer) {
    try {
      KnownFields.require(request);
    } catch (RuntimeException refusal) {
      Calls.answer(
          observer,
          () -> {
            throw refusal;
          });
      return;
    }
    propose(
        observer,
        Command.newBuilder()
            .setMutateVolume(
                MutateVolume.newBuilder()
                    .setSessionId(request.getSessionId())
                    .addAllOperations(request.getOperationsList())
                    .setUploadBeganMillis(request.getUploadBeganMillis())
                    .setSequence(request.getSequence())),
        outcome ->
            MutateResponse.newBuilder()
                .addAllResults(outcome.getMutate().getResultsList())
                .build());
  }

  private static SessionResponse session(Outcome outcome) {
    return SessionResponse.newBuilder().setSession(outcome.getSession()).build();
  }

  /** The fence of reads. */
  private static long volumeOf(Rows rows, long sessionId) {
    return VolumeQueries.requireSession(rows, sessionId).getVolumeId();
  }

  private <A> void propose(
      StreamObserver<A> observer, Command.Builder command, Function<Outcome, A> answer) {
    Calls.answer(
        observer,
        log.propose(command.build()),
        committed -> answer.apply(Calls.accepted(committed)));
  }

  private <A> void read(StreamObserver<A> observer, Function<ReadView, A> query) {
    Calls.answer(
        observer,
        () -> {
          Calls.await(log.readBarrier());
          try (ReadView view = store.view()) {
            return query.apply(view);
          }
        });
  }
}

package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.log.CloseSession;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.DeleteVolume;
import dev.trivet.proto.log.MutateVolume;
import dev.trivet.proto.log.OpenSession;
import dev.trivet.proto.log.RenewSession;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Volumes and sessions as plainly as they can be said; files are in {@link VolumeFiles}. */
final class VolumeModel {
  static final long MAX_UPLOAD_MILLIS = 45 * 60_000L;

  /** Who has which volume mounted, and until when. */
  record Session(long id, long volume, long ttlMillis, long expiresMillis) {}

  /** The answer to a command: a refusal's code, or the attributes that it results in. */
  record Answer(@Nullable ErrorCode refusal, List<Attributes> results) {}

  private record Remembered(long sequence, Answer answer) {}

  private record SweptSession(long volume, long session) {}

  final TreeMap<Long, VolumeFiles> volumes = new TreeMap<>();
  final TreeMap<String, Long> names = new TreeMap<>();
  final TreeMap<Long, Session> sessions = new TreeMap<>();
  ExtentModel extents = new ExtentModel();
  private final TreeMap<Long, Remembered> remembered = new TreeMap<>();
  private final List<SweptSession> ended = new ArrayList<>();
  private long lastVolume;
  private long millis;

  Answer apply(long atMillis, Command command) {
    millis = atMillis;
    try {
      List<Attributes> results =
          switch (command.getKindCase()) {
            case CREATE_VOLUME -> create(command.getCreateVolume());
            case DELETE_VOLUME -> delete(command.getDeleteVolume());
            case OPEN_SESSION -> open(command.getOpenSession());
            case RENEW_SESSION -> renew(command.getRenewSession());
            case CLOSE_SESSION -> close(command.getCloseSession());
            case MUTATE_VOLUME -> mutate(command.getMutateVolume());
            case EXPIRE_DUE -> expire();
            case DROP_GARBAGE -> {
              extents.drop(
                  Math.min(command.getDropGarbage().getBeforeMillis(), millis - MAX_UPLOAD_MILLIS));
              yield List.of();
            }
            default ->
                throw new IllegalArgumentException("not made here: " + command.getKindCase());
          };
      return new Answer(null, results);
    } catch (TrivetException refusal) {
      return new Answer(refusal.code(), List.of());
    }
  }

  long lastSequence(long session) {
    Remembered last = remembered.get(session);
    return last == null ? 0 : last.sequence();
  }

  @Nullable VolumeFiles filesOf(long session) {
    Session found = sessions.get(session);
    return found == null ? null : volumes.get(found.volume());
  }

  VolumeFiles filesNamed(String name) {
    Long id = names.get(name);
    return requireFiles(id == null ? 0 : id);
  }

  private VolumeFiles requireFiles(long volume) {
    VolumeFiles files = volumes.get(volume);
    if (files == null) {
      throw new IllegalStateException("no volume " + volume);
    }
    return files;
  }

  private List<Attributes> create(CreateVolume command) {
    if (!names.containsKey(command.getName())) {
      names.put(command.getName(), ++lastVolume);
      volumes.put(lastVolume, new VolumeFiles(command.getQuotaBytes(), millis, extents));
    } else if (!command.getIfAbsent()) {
      throw ErrorCode.VOLUME_EXISTS.exception();
    }
    return List.of();
  }

  private List<Attributes> delete(DeleteVolume command) {
    Long volume = names.get(command.getName());
    if (volume == null) {
      throw ErrorCode.VOLUME_NOT_FOUND.exception();
    }
    endOver(volume);
    if (sessionOf(volume) != null) {
      throw ErrorCode.VOLUME_IN_USE.exception();
    }
    names.remove(command.getName());
    VolumeFiles files = volumes.remove(volume);
    if (files != null) {
      files.dropAll();
    }
    return List.of();
  }

  private List<Attributes> open(OpenSession command) {
    Long volume = names.get(command.getVolume());
    if (volume == null) {
      throw ErrorCode.VOLUME_NOT_FOUND.exception();
    }
    Session known = sessions.get(command.getSessionId());
    if (known != null && known.volume() != volume) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
    endOver(volume);
    Session holder = sessionOf(volume);
    if (holder != null && holder.id() != command.getSessionId()) {
      throw ErrorCode.VOLUME_IN_USE.exception();
    }
    if (holder == null) {
      long ttl = command.getTtlMillis();
      long id = command.getSessionId();
      sessions.put(id, new Session(id, volume, ttl, millis + ttl));
    }
    return List.of();
  }

  private List<Attributes> renew(RenewSession command) {
    Session session = requireLive(command.getSessionId());
    sessions.put(
        session.id(),
        new Session(
            session.id(), session.volume(), session.ttlMillis(), millis + session.ttlMillis()));
    return List.of();
  }

  private List<Attributes> close(CloseSession command) {
    Session session = sessions.get(command.getSessionId());
    if (session != null) {
      end(session);
    }
    return List.of();
  }

  /** Ends what is due and does all that deletions left over. */
  private List<Attributes> expire() {
    for (Session session : List.copyOf(sessions.values())) {
      if (session.expiresMillis() <= millis) {
        end(session);
      }
    }
    for (SweptSession gone : ended) {
      VolumeFiles files = volumes.get(gone.volume());
      Session again = sessions.get(gone.session());
      boolean isOpenAgain = again != null && again.volume() == gone.volume();
      if (files != null && !isOpenAgain) {
        files.dropOrphansOf(gone.session());
      }
    }
    ended.clear();
    extents.sweep(millis);
    return List.of();
  }

  private List<Attributes> mutate(MutateVolume command) {
    Session session = requireLive(command.getSessionId());
    long sequence = command.getSequence();
    if (sequence == 0) {
      return tryMutate(session, command);
    }
    Remembered last = remembered.get(session.id());
    if (last == null || last.sequence() < sequence) {
      Answer answer;
      try {
        answer = new Answer(null, tryMutate(session, command));
      } catch (TrivetException refusal) {
        answer = new Answer(refusal.code(), List.of());
      }
      last = new Remembered(sequence, answer);
      remembered.put(session.id(), last);
    } else if (last.sequence() > sequence) {
      throw ErrorCode.INVALID_ARGUMENT.exception();
    }
    ErrorCode refusal = last.answer().refusal();
    if (refusal != null) {
      throw refusal.exception();
    }
    return last.answer().results();
  }

  private List<Attributes> tryMutate(Session session, MutateVolume command) {
    VolumeFiles before = requireFiles(session.volume());
    boolean isNamingExtents =
        command.getOperationsList().stream()
            .flatMap(operation -> operation.getWrite().getSlicesList().stream())
            .anyMatch(slice -> slice.hasExtent());
    if (isNamingExtents && millis - command.getUploadBeganMillis() > MAX_UPLOAD_MILLIS) {
      throw ErrorCode.UPLOAD_EXPIRED.exception();
    }
    ExtentModel extentsAfter = extents.copy();
    VolumeFiles after = before.copy(extentsAfter);
    List<Attributes> results = new ArrayList<>();
    command
        .getOperationsList()
        .forEach(
            operation -> {
              results.add(after.apply(operation, session.id(), millis));
              extentsAfter.settle(millis);
            });
    volumes.put(session.volume(), after);
    extents = extentsAfter;
    for (long id : List.copyOf(volumes.keySet())) {
      volumes.computeIfPresent(id, (key, files) -> files.with(extentsAfter));
    }
    return results;
  }

  private Session requireLive(long id) {
    Session session = sessions.get(id);
    if (session == null || session.expiresMillis() <= millis) {
      throw ErrorCode.SESSION_EXPIRED.exception();
    }
    return session;
  }

  private void endOver(long volume) {
    Session holder = sessionOf(volume);
    if (holder != null && holder.expiresMillis() <= millis) {
      end(holder);
    }
  }

  private void end(Session session) {
    sessions.remove(session.id());
    remembered.remove(session.id());
    ended.add(new SweptSession(session.volume(), session.id()));
  }

  private @Nullable Session sessionOf(long volume) {
    for (Session session : sessions.values()) {
      if (session.volume() == volume) {
        return session;
      }
    }
    return null;
  }

  /** The bytes that an extent has in these tests: a function of its id. */
  static byte byteOf(ByteString extentId, long offset) {
    return (byte) (extentId.byteAt(15) * 31 + offset * 7 + 1);
  }
}

package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.CloseSession;
import dev.trivet.proto.log.OpenSession;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RenewSession;
import dev.trivet.proto.log.SessionRecord;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.leases.DueTable;
import dev.trivet.store.Cursor;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sessions: who has a volume mounted, by the log's time.
 *
 * <p>Invariants: a session's row and its volume's name each other, so a volume has at most one;
 * each session has one row in the table of what is due, at its expiry.
 */
public final class SessionCommands {
  public static final long MIN_TTL_MILLIS = 1_000;
  public static final long MAX_TTL_MILLIS = 24 * 3_600_000L;

  private static final int MAX_HOLDER_CHARS = 256;

  private SessionCommands() {}

  /** The outcome is the session. Sent again with the same id, it is the same session. */
  public static Outcome openSession(EntryContext context, OpenSession command) {
    Outcome malformed = refuseForm(command);
    if (malformed != null) {
      return malformed;
    }
    VolumeRecord volume = VolumeQueries.volume(context.rows(), command.getVolume());
    if (volume == null) {
      return EntryContext.refuse(
          ErrorCode.VOLUME_NOT_FOUND, "no such volume: " + command.getVolume());
    }
    SessionRecord known = VolumeQueries.session(context.rows(), command.getSessionId());
    if (known != null && known.getVolumeId() != volume.getId()) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "the session's id is in use by one of volume " + known.getVolume());
    }
    if (known != null && !isOver(context, known)) {
      return outcome(known);
    }
    Outcome inUse = refuseInUse(context, volume);
    if (inUse != null) {
      return inUse;
    }
    SessionRecord session =
        SessionRecord.newBuilder()
            .setSessionId(command.getSessionId())
            .setVolumeId(volume.getId())
            .setVolume(volume.getName())
            .setHolder(command.getHolder())
            .setTtlMillis(command.getTtlMillis())
            .build();
    setSession(context, volume.getId(), command.getSessionId());
    return outcome(extend(context, session));
  }

  public static Outcome renewSession(EntryContext context, RenewSession command) {
    try {
      return outcome(extend(context, requireLive(context, command.getSessionId())));
    } catch (TrivetException refusal) {
      return Mutations.refuse(refusal);
    }
  }

  /** Closing what is over is done already. */
  public static Outcome closeSession(EntryContext context, CloseSession command) {
    SessionRecord session = VolumeQueries.session(context.rows(), command.getSessionId());
    if (session != null) {
      end(context, session);
    }
    return VolumeCommands.DONE;
  }

  /** Ends a session whose time is over. */
  public static void expire(EntryContext context, long sessionId) {
    SessionRecord session = VolumeQueries.session(context.rows(), sessionId);
    if (session == null) {
      throw new IllegalStateException("session " + sessionId + " is due and does not exist");
    }
    end(context, session);
  }

  /** Gives every session its full time again. There is at most one for each volume. */
  public static void extendAll(EntryContext context) {
    List<SessionRecord> sessions = new ArrayList<>();
    try (Cursor cursor = context.rows().scan(Table.SESSION, new byte[0], null)) {
      while (cursor.next()) {
        sessions.add(VolumeRows.parse(Table.SESSION, cursor.value(), SessionRecord.parser()));
      }
    }
    sessions.forEach(session -> extend(context, session));
  }

  /** The fence: {@code SESSION_EXPIRED} unless the session holds its volume and has time left. */
  static SessionRecord requireLive(EntryContext context, long sessionId) {
    SessionRecord session = VolumeQueries.requireSession(context.rows(), sessionId);
    if (isOver(context, session)) {
      throw ErrorCode.SESSION_EXPIRED.exception(
          "the session ended "
              + (context.timeMillis() - session.getExpiresMillis())
              + " ms ago: this mount is fenced");
    }
    return session;
  }

  /** Null when nobody has the volume mounted any more; a session whose time is over is ended. */
  static @Nullable Outcome refuseInUse(EntryContext context, VolumeRecord volume) {
    if (volume.getSessionId() == 0) {
      return null;
    }
    SessionRecord session = VolumeQueries.session(context.rows(), volume.getSessionId());
    if (session == null) {
      throw new IllegalStateException("the session of volume " + volume.getName() + " is gone");
    }
    if (isOver(context, session)) {
      end(context, session);
      return null;
    }
    return EntryContext.refuse(
        ErrorCode.VOLUME_IN_USE,
        "volume "
            + volume.getName()
            + " is mounted by "
            + session.getHolder()
            + ", whose session ends in "
            + (session.getExpiresMillis() - context.timeMillis())
            + " ms unless renewed");
  }

  /**
   * Nothing is over before the term has taken leadership, which extends all sessions: while there
   * was no leader, mounts could not renew.
   */
  private static boolean isOver(EntryContext context, SessionRecord session) {
    return session.getExpiresMillis() <= context.timeMillis()
        && context.get(Counter.LEADERSHIP_TERM) == context.position().term();
  }

  private static void end(EntryContext context, SessionRecord session) {
    long id = session.getSessionId();
    context.rows().delete(Table.SESSION, VolumeRows.number(id));
    context.rows().delete(Table.SESSION_ANSWER, VolumeRows.number(id));
    DueTable.remove(context, DueTable.Kind.SESSION, id, session.getExpiresMillis());
    setSession(context, session.getVolumeId(), 0);
    Sweep.session(context, session.getVolumeId(), id);
  }

  private static void setSession(EntryContext context, long volumeId, long sessionId) {
    VolumeRecord volume = VolumeQueries.volume(context.rows(), volumeId);
    if (volume == null) {
      throw new IllegalStateException("a session is of no volume: " + volumeId);
    }
    VolumeRecord changed = volume.toBuilder().setSessionId(sessionId).build();
    context.rows().put(Table.VOLUME, VolumeRows.number(volumeId), changed.toByteArray());
  }

  /** Writes the session with its full time from now on. */
  private static SessionRecord extend(EntryContext context, SessionRecord session) {
    long expires = context.timeMillis() + session.getTtlMillis();
    DueTable.set(
        context,
        DueTable.Kind.SESSION,
        session.getSessionId(),
        session.getExpiresMillis(),
        expires);
    SessionRecord extended = session.toBuilder().setExpiresMillis(expires).build();
    context
        .rows()
        .put(Table.SESSION, VolumeRows.number(session.getSessionId()), extended.toByteArray());
    return extended;
  }

  private static @Nullable Outcome refuseForm(OpenSession command) {
    if (command.getSessionId() == 0) {
      return EntryContext.refuse(ErrorCode.INVALID_ARGUMENT, "a session's id is not 0");
    }
    long ttl = command.getTtlMillis();
    if (ttl < MIN_TTL_MILLIS || ttl > MAX_TTL_MILLIS) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "a session's time to live is "
              + MIN_TTL_MILLIS
              + " to "
              + MAX_TTL_MILLIS
              + " ms, got "
              + ttl);
    }
    if (command.getHolder().length() > MAX_HOLDER_CHARS) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "a holder's name has at most "
              + MAX_HOLDER_CHARS
              + " characters, got "
              + command.getHolder().length());
    }
    return null;
  }

  private static Outcome outcome(SessionRecord session) {
    return Outcome.newBuilder().setSession(session).build();
  }
}

package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.CloseSession;
import dev.trivet.proto.log.CreateVolume;
import dev.trivet.proto.log.DeleteVolume;
import dev.trivet.proto.log.MutateVolume;
import dev.trivet.proto.log.OpenSession;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RenewSession;
import dev.trivet.state.entry.EntryContext;

/** Volumes, inodes, directory entries, slices and sessions. */
public final class VolumeCommands {
  private VolumeCommands() {}

  public static Outcome createVolume(EntryContext context, CreateVolume command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome deleteVolume(EntryContext context, DeleteVolume command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome openSession(EntryContext context, OpenSession command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome renewSession(EntryContext context, RenewSession command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome closeSession(EntryContext context, CloseSession command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  public static Outcome mutate(EntryContext context, MutateVolume command) {
    return EntryContext.refuse(ErrorCode.UNIMPLEMENTED);
  }

  /** Ends a session whose time is over. There are none yet: nothing opens one. */
  public static void expireSession(EntryContext context, long sessionId) {
    if (!VolumeQueries.hasSessions(context.rows())) {
      throw new IllegalStateException(
          "entry " + context.position() + ": session " + sessionId + " is due and does not exist");
    }
  }

  /** Gives every session its full time again. */
  public static void extendSessions(EntryContext context) {
    if (VolumeQueries.hasSessions(context.rows())) {
      throw new IllegalStateException(
          "entry " + context.position() + " met a session, which nothing opens");
    }
  }
}

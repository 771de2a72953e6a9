package dev.trivet.state.volumes;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.OperationResult;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.log.LastMutation;
import dev.trivet.proto.log.MutateResult;
import dev.trivet.proto.log.MutateVolume;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.SessionRecord;
import dev.trivet.proto.log.VolumeRecord;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.objects.ObjectCommands;
import dev.trivet.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * POSIX calls of one mount: all operations of a command or none.
 *
 * <p>The fence: a command is refused with {@code SESSION_EXPIRED} when its session is not its
 * volume's, or its time was over when the entry was made. A late command of a lost mount can
 * therefore not reach files that another mount works on.
 *
 * <p>A numbered command that comes twice is answered twice and done once. What it was answered is
 * remembered even when that was a refusal: otherwise the second one might do what the caller was
 * told did not happen.
 */
public final class Mutations {
  /** Operations in one command. */
  public static final int MAX_OPERATIONS = 256;

  private Mutations() {}

  public static Outcome mutate(EntryContext context, MutateVolume command) {
    SessionRecord session;
    try {
      session = SessionCommands.requireLive(context, command.getSessionId());
    } catch (TrivetException refusal) {
      return refuse(refusal);
    }
    if (command.getSequence() == 0) {
      return apply(context, session, command);
    }
    byte[] answerRow = VolumeRows.number(session.getSessionId());
    LastMutation last =
        VolumeRows.find(context.rows(), Table.SESSION_ANSWER, answerRow, LastMutation.parser());
    if (last != null && last.getSequence() == command.getSequence()) {
      return last.getOutcome();
    }
    if (last != null && Long.compareUnsigned(command.getSequence(), last.getSequence()) < 0) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "mutation "
              + Long.toUnsignedString(command.getSequence())
              + " comes too late: the session's last is "
              + Long.toUnsignedString(last.getSequence()));
    }
    Outcome outcome = apply(context, session, command);
    LastMutation now =
        LastMutation.newBuilder().setSequence(command.getSequence()).setOutcome(outcome).build();
    context.rows().put(Table.SESSION_ANSWER, answerRow, now.toByteArray());
    return outcome;
  }

  private static Outcome apply(EntryContext context, SessionRecord session, MutateVolume command) {
    if (command.getOperationsCount() > MAX_OPERATIONS) {
      return EntryContext.refuse(
          ErrorCode.INVALID_ARGUMENT,
          "a command has at most "
              + MAX_OPERATIONS
              + " operations, got "
              + command.getOperationsCount());
    }
    Outcome tooOld = refuseOldUpload(context, command);
    if (tooOld != null) {
      return tooOld;
    }
    VolumeRecord record = VolumeQueries.volume(context.rows(), session.getVolumeId());
    if (record == null) {
      throw new IllegalStateException(
          "session " + session.getSessionId() + " is of no volume: " + session.getVolumeId());
    }
    context.savepoint();
    try {
      VolumeWriter volume = new VolumeWriter(context, record);
      MutateResult.Builder result = MutateResult.newBuilder();
      for (Operation operation : command.getOperationsList()) {
        result.addResults(apply(volume, operation));
      }
      volume.finish();
      return Outcome.newBuilder().setMutate(result).build();
    } catch (TrivetException refusal) {
      context.rollback();
      return refuse(refusal);
    }
  }

  private static OperationResult apply(VolumeWriter volume, Operation operation) {
    return switch (operation.getKindCase()) {
      case MAKE_NODE -> NameOperations.make(volume, operation.getMakeNode());
      case UNLINK -> NameOperations.unlink(volume, operation.getUnlink());
      case REMOVE_DIRECTORY ->
          NameOperations.removeDirectory(volume, operation.getRemoveDirectory());
      case RENAME -> RenameOperation.rename(volume, operation.getRename());
      case LINK -> NameOperations.link(volume, operation.getLink());
      case SET_ATTRIBUTES -> FileOperations.setAttributes(volume, operation.getSetAttributes());
      case WRITE -> FileOperations.write(volume, operation.getWrite());
      case RELEASE -> FileOperations.release(volume, operation.getRelease());
      case KIND_NOT_SET -> throw unknown(volume, operation);
    };
  }

  private static @Nullable Outcome refuseOldUpload(EntryContext context, MutateVolume command) {
    long ageMillis = context.timeMillis() - command.getUploadBeganMillis();
    if (ageMillis <= ObjectCommands.MAX_UPLOAD_AGE_MILLIS || !namesExtents(command)) {
      return null;
    }
    return EntryContext.refuse(
        ErrorCode.UPLOAD_EXPIRED,
        "the upload took "
            + ageMillis / 1000
            + " s to commit, allowed are "
            + ObjectCommands.MAX_UPLOAD_AGE_MILLIS / 1000);
  }

  private static boolean namesExtents(MutateVolume command) {
    for (Operation operation : command.getOperationsList()) {
      for (Slice slice : operation.getWrite().getSlicesList()) {
        if (slice.hasExtent()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Nothing at all is a refusal, the same for every version; something newer stops the node. */
  private static TrivetException unknown(VolumeWriter volume, Operation operation) {
    if (!operation.getUnknownFields().isEmpty()) {
      throw new IllegalStateException(
          "entry "
              + volume.context().position()
              + " holds an operation that this version does not know: start a newer version");
    }
    return ErrorCode.INVALID_ARGUMENT.exception("an operation says nothing");
  }

  static Outcome refuse(TrivetException refusal) {
    String message = refusal.getMessage();
    return EntryContext.refuse(refusal.code(), message == null ? refusal.code().text() : message);
  }
}

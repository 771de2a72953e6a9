package dev.trivet.state;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.alarms.SpaceAlarms;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.state.auth.AuthCommands;
import dev.trivet.state.auth.Permissions;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.keys.KeyCommands;
import dev.trivet.state.leases.LeaseCommands;
import dev.trivet.state.members.Places;
import dev.trivet.state.objects.ObjectCommands;
import dev.trivet.state.requests.RequestAnswers;
import dev.trivet.state.snapshots.RestoreCommands;
import dev.trivet.state.volumes.Mutations;
import dev.trivet.state.volumes.SessionCommands;
import dev.trivet.state.volumes.VolumeCommands;
import dev.trivet.store.Batch;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Applies log entries to the store.
 *
 * <p>Invariants: the same commands with the same times make the same rows, however they are grouped
 * into entries and wherever a node restarted in between; an entry is in the store wholly or not at
 * all.
 *
 * <p>Owned by the apply thread.
 */
public final class StateMachine {
  private static final byte[] PRESENT = {1};

  private final Store store;
  private final ExtentPresence presence;

  /** At least as new as the rows that anybody else can see. Set by the apply thread. */
  private volatile AccessRules access;

  public StateMachine(Store store, ExtentPresence presence) {
    this.store = store;
    this.presence = presence;
    this.access = committedRules(store);
  }

  private static AccessRules committedRules(Store store) {
    try (ReadView view = store.view()) {
      return AccessRules.of(view);
    }
  }

  /**
   * Who may do what. To be asked for after the rows were opened that are to be read, so that no
   * rules are used that are older than the rows. For any thread.
   */
  public AccessRules access() {
    return access;
  }

  /** Puts other rows in the store's place. */
  @FunctionalInterface
  public interface Replacement {
    void run() throws IOException;
  }

  /**
   * Replaces all rows; nobody may do anything meanwhile.
   *
   * @throws IOException what the replacement throws
   */
  public void replaceRows(Replacement replacement) throws IOException {
    access = AccessRules.CLOSED;
    replacement.run();
    access = committedRules(store);
  }

  public Store store() {
    return store;
  }

  /**
   * Applies one entry and commits it.
   *
   * @param stampedMillis the leader's clock when it made the entry
   * @throws RuntimeException when something is broken: the node must stop, since going on would
   *     make it differ from the others
   */
  public Applied apply(LogPosition position, long stampedMillis, List<Command> commands) {
    Batch batch = store.begin();
    EntryContext context = new EntryContext(batch, position, stampedMillis);
    List<Outcome> outcomes = new ArrayList<>(commands.size());
    for (Command command : commands) {
      Outcome outcome =
          command.hasRequest()
              ? RequestAnswers.once(context, command.getRequest(), () -> apply(context, command))
              : apply(context, command);
      if (!outcome.hasRefusal() && AuthCommands.changesRules(command)) {
        access = AccessRules.of(batch);
      }
      outcomes.add(outcome);
    }
    for (Change change : context.changes()) {
      noteMissing(batch, change);
    }
    store.commit(batch, position);
    return new Applied(position, outcomes, context.changes());
  }

  private Outcome apply(EntryContext context, Command command) {
    ErrorCode refusal = Permissions.refuse(access, context.rows(), command);
    if (refusal == null) {
      refusal = SpaceAlarms.refusal(context, command);
    }
    if (refusal != null) {
      return EntryContext.refuse(refusal);
    }
    return switch (command.getKindCase()) {
      case PUT -> keys(context, () -> KeyCommands.put(context, command.getPut()));
      case DELETE_RANGE ->
          keys(context, () -> KeyCommands.deleteRange(context, command.getDeleteRange()));
      case TXN -> keys(context, () -> KeyCommands.txn(context, command.getTxn()));
      case COMPACT -> keys(context, () -> KeyCommands.compact(context, command.getCompact()));
      case LEASE_GRANT ->
          keys(context, () -> LeaseCommands.grant(context, command.getLeaseGrant()));
      case LEASE_REVOKE ->
          keys(context, () -> LeaseCommands.revoke(context, command.getLeaseRevoke()));
      case LEASE_RENEW ->
          keys(context, () -> LeaseCommands.renew(context, command.getLeaseRenew()));
      case RESTORE -> RestoreCommands.restore(context, command.getRestore());
      case TAKE_LEADERSHIP -> LeaseCommands.takeLeadership(context);
      case EXPIRE_DUE -> LeaseCommands.expireDue(context, command.getExpireDue());
      case EXPIRE_LEASES ->
          keys(context, () -> LeaseCommands.expireLeases(context, command.getExpireLeases()));
      case KEEP_PLACE -> Places.keep(context, command.getKeepPlace());
      case GIVE_UP_PLACE -> Places.giveUp(context, command.getGiveUpPlace());
      case SPACE_ALARM -> SpaceAlarms.set(context, command.getSpaceAlarm());
      case CREATE_BUCKET -> ObjectCommands.createBucket(context, command.getCreateBucket());
      case DELETE_BUCKET -> ObjectCommands.deleteBucket(context, command.getDeleteBucket());
      case COMMIT_MANIFEST -> ObjectCommands.commitManifest(context, command.getCommitManifest());
      case DELETE_OBJECT -> ObjectCommands.deleteObject(context, command.getDeleteObject());
      case DROP_GARBAGE -> ObjectCommands.dropGarbage(context, command.getDropGarbage());
      case CREATE_VOLUME -> VolumeCommands.createVolume(context, command.getCreateVolume());
      case DELETE_VOLUME -> VolumeCommands.deleteVolume(context, command.getDeleteVolume());
      case OPEN_SESSION -> SessionCommands.openSession(context, command.getOpenSession());
      case RENEW_SESSION -> SessionCommands.renewSession(context, command.getRenewSession());
      case CLOSE_SESSION -> SessionCommands.closeSession(context, command.getCloseSession());
      case MUTATE_VOLUME -> Mutations.mutate(context, command.getMutateVolume());
      case AUTH_ENABLE,
          AUTH_DISABLE,
          ISSUE_TOKEN,
          RENEW_TOKEN,
          ADD_USER,
          DELETE_USER,
          CHANGE_PASSWORD,
          GRANT_ROLE,
          REVOKE_ROLE,
          ADD_ROLE,
          DELETE_ROLE,
          GRANT_PERMISSION,
          REVOKE_PERMISSION ->
          AuthCommands.apply(context, command);
      case KIND_NOT_SET ->
          throw new IllegalStateException(
              "entry "
                  + context.position()
                  + " holds a command that this version does not know: start a newer version");
    };
  }

  /** What belongs to the key space waits for a restore to end. */
  private static Outcome keys(EntryContext context, Supplier<Outcome> command) {
    return context.get(Counter.REVISION) == 0
        ? EntryContext.refuse(ErrorCode.RESTORING)
        : command.get();
  }

  private void noteMissing(Batch batch, Change change) {
    switch (change) {
      case Change.ExtentReferenced(var id) -> {
        if (!presence.isHere(id)) {
          batch.put(Table.MISSING, id.toBytes(), PRESENT);
        }
      }
      case Change.ExtentReleased(var id) -> batch.delete(Table.MISSING, id.toBytes());
      case Change.KeysChanged _ -> {}
      case Change.LeaseGranted _ -> {}
      case Change.LeaseEnded _ -> {}
      case Change.Compacted _ -> {}
      case Change.Restored _ -> {}
    }
  }
}

package dev.trivet.api.auth;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Asker;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.state.auth.Permissions;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Rows;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, by its {@link Proof}. All methods that require something throw {@link
 * dev.trivet.errors.TrivetException} with etcd's text when it is not there, and do nothing while
 * authentication is off.
 *
 * <p>Those that take rows are for rows that the caller is to be told of: they look at the rules
 * after the rows were opened, so that the rules are never older than the rows.
 */
public final class Caller {
  private final Guard guard;
  private final Proof proof;

  Caller(Guard guard, Proof proof) {
    this.guard = guard;
    this.proof = proof;
  }

  Proof proof() {
    return proof;
  }

  /** Done when this node knows the token if any does. Reads behind a barrier need not ask. */
  public CompletableFuture<Long> settled() {
    return guard.settled(proof);
  }

  /** Waits for {@link #settled}. */
  public void settle() {
    guard.settle(proof);
  }

  private interface Question {
    @Nullable ErrorCode refuse(AccessRules rules, Asker asker);
  }

  private void require(Rows rows, Question question) {
    AccessRules rules = guard.rules();
    if (!rules.isEnabled()) {
      return;
    }
    ErrorCode refusal = question.refuse(rules, guard.requireAsker(proof, rows, rules));
    if (refusal != null) {
      throw refusal.exception();
    }
  }

  private void require(Question question) {
    if (guard.isOn()) {
      settle();
      try (ReadView view = guard.view()) {
        require(view, question);
      }
    }
  }

  /** Any user. May wait. */
  public void requireUser() {
    require(AccessRules::refuseUser);
  }

  /** The role root. May wait. */
  public void requireRoot() {
    require(AccessRules::refuseRoot);
  }

  /** That a range of keys, as a request names it, may be read. May wait. */
  public void requireRead(ByteString key, ByteString end) {
    require((rules, asker) -> rules.refuseRead(asker, key, end));
  }

  /** That a range of keys, as a request names it, may be read. */
  public void requireRead(Rows rows, ByteString key, ByteString end) {
    require(rows, (rules, asker) -> rules.refuseRead(asker, key, end));
  }

  /** That everything in a transaction that only reads may be read. */
  public void requireReads(Rows rows, TxnRequest request) {
    require(rows, (rules, asker) -> Permissions.refuseReads(rules, rows, asker, request));
  }

  /** That the keys on a lease may be told of. */
  public void requireKeysOf(Rows rows, long lease) {
    require(rows, (rules, asker) -> Permissions.refuseKeysOf(rules, rows, asker, lease));
  }

  /** That a lease may be renewed: no command of the log, so nobody judges it later. */
  public void requireRenewal(Rows rows, long lease) {
    require(rows, (rules, asker) -> Permissions.refuseRenewal(rules, rows, asker, lease));
  }

  /** That the keys on all leases may be told of, as in etcd: which ones there are tells of them. */
  public void requireKeysOfAllLeases(Rows rows) {
    require(
        rows,
        (rules, asker) -> {
          if (rules.refuseRoot(asker) == null) {
            return null;
          }
          for (long lease : LeaseQueries.ids(rows)) {
            ErrorCode refusal = Permissions.refuseKeysOf(rules, rows, asker, lease);
            if (refusal != null) {
              return refusal;
            }
          }
          return null;
        });
  }

  /** The role root, or to be the user. */
  public void requireRootOrUser(Rows rows, String user) {
    require(
        rows,
        (rules, asker) ->
            !user.isEmpty() && asker.getUser().equals(user) ? null : rules.refuseRoot(asker));
  }

  /** The role root, or to have the role. */
  public void requireRootOrRole(Rows rows, String role) {
    require(
        rows,
        (rules, asker) -> rules.hasRole(asker.getUser(), role) ? null : rules.refuseRoot(asker));
  }
}

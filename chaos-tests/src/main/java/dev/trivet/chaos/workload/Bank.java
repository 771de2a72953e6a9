package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.BankTotal;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.bank.BankAnswer;
import dev.trivet.chaos.history.bank.BankCall;
import dev.trivet.client.Compares;
import dev.trivet.client.Operations;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.KeyValue;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Money is moved between accounts. Promise: whoever reads all accounts, at any node, finds as much
 * as there was at first, and no debt.
 */
public final class Bank extends Noted<BankCall, BankAnswer> {
  private static final int CLIENTS = 6;
  private static final int ACCOUNTS = 6;
  private static final long EACH = 100;
  private static final long MOST = 20;
  private static final long PAUSE_MILLIS = 20;
  private static final long RETRY_MILLIS = 200;
  private static final int TRIES = 100;
  private static final Floor FLOOR = new Floor(50, 0.1);
  private static final ByteString PREFIX = ByteString.copyFromUtf8("bank/");

  public Bank(List<String> endpoints, long seed) {
    super("bank", endpoints, seed, FLOOR);
  }

  @Override
  public void start() throws InterruptedException {
    try (TrivetClient client = Crew.connect(endpoints)) {
      for (int tries = 0; !isOpened(client); tries++) {
        if (tries == TRIES) {
          throw new IllegalStateException("the accounts cannot be opened");
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
    crew.start("bank", endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  /** All at once, so that nobody ever finds less. */
  private static boolean isOpened(TrivetClient client) {
    var opening = client.keys().txn().when(Compares.absent(key(account(0))));
    for (int i = 0; i < ACCOUNTS; i++) {
      opening.then(Operations.put(key(account(i)), money(EACH)));
    }
    try {
      var _ = opening.commit();
      return true;
    } catch (TrivetException _) {
      return false;
    }
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    int from = client.random().nextInt(ACCOUNTS);
    BankCall call =
        client.random().nextInt(3) == 0
            ? new BankCall.ReadAll()
            : new BankCall.Transfer(
                account(from),
                account((from + 1 + client.random().nextInt(ACCOUNTS - 1)) % ACCOUNTS),
                1 + client.random().nextLong(MOST));
    return calls.make(client, call, () -> ask(client.connection(), call))
        instanceof Result.Answered<BankAnswer>;
  }

  private static Result<BankAnswer> ask(TrivetClient client, BankCall call) {
    Map<String, KeyValue> found =
        client.keys().prefix(PREFIX, ACCOUNTS).getKvsList().stream()
            .collect(
                Collectors.toMap(
                    pair -> pair.getKey().substring(PREFIX.size()).toStringUtf8(), pair -> pair));
    return switch (call) {
      case BankCall.ReadAll _ ->
          new Result.Answered<>(
              new BankAnswer.Balances(
                  found.entrySet().stream()
                      .collect(
                          Collectors.toMap(Map.Entry::getKey, entry -> money(entry.getValue())))));
      case BankCall.Transfer(String from, String to, long amount) ->
          transfer(client, account(found, from), account(found, to), amount);
    };
  }

  private static Result<BankAnswer> transfer(
      TrivetClient client, KeyValue from, KeyValue to, long amount) {
    if (money(from) < amount) {
      return new Result.Refused<>("there is not enough");
    }
    boolean isDone =
        client
            .keys()
            .txn()
            .when(unchanged(from), unchanged(to))
            .then(
                Operations.put(from.getKey(), money(money(from) - amount)),
                Operations.put(to.getKey(), money(money(to) + amount)))
            .commit()
            .getSucceeded();
    return isDone
        ? new Result.Answered<>(new BankAnswer.Transferred())
        : new Result.Refused<>("another one wrote meanwhile");
  }

  private static Compare unchanged(KeyValue pair) {
    return Compares.modRevision(pair.getKey()).equalTo(pair.getModRevision());
  }

  /** One that is not there is as empty as one without a revision. */
  private static KeyValue account(Map<String, KeyValue> found, String name) {
    return found.getOrDefault(name, KeyValue.newBuilder().setKey(key(name)).build());
  }

  private static String account(int number) {
    return Integer.toString(number);
  }

  private static ByteString key(String account) {
    return PREFIX.concat(ByteString.copyFromUtf8(account));
  }

  private static ByteString money(long amount) {
    return ByteString.copyFromUtf8(Long.toString(amount));
  }

  private static long money(KeyValue pair) {
    return pair.getValue().isEmpty() ? 0 : Long.parseLong(pair.getValue().toStringUtf8());
  }

  @Override
  public List<Judgement> judge() {
    return List.of(BankTotal.check(calls.operations(), ACCOUNTS * EACH));
  }
}

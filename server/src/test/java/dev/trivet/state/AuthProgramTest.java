package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.AddUser;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.proto.log.IssueToken;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RenewToken;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.auth.AuthCommands;
import dev.trivet.state.auth.AuthQueries;
import dev.trivet.state.auth.AuthTokens;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs of users, roles, permissions and commands about keys, made from a seed. */
final class AuthProgramTest {
  /** More in a long run: {@code -Dtrivet.programs=1000000}. */
  private static final int PROGRAMS = Integer.getInteger("trivet.programs", 10_000) / 4;

  private static final int FEWEST_STEPS = 20;
  private static final int MORE_STEPS = 30;
  private static final RangeRequest ALL =
      RangeRequest.newBuilder()
          .setKey(ByteString.copyFrom(new byte[1]))
          .setRangeEnd(ByteString.copyFrom(new byte[1]))
          .build();

  @TempDir Path folder;

  /** The guarded state, the same without users, and the plain model. */
  private record Trio(ReusedStore guarded, ReusedStore open, AuthModel model) {}

  @Test
  void aCommandIsRefusedAsTheModelSaysOrDoesWhatItDoesWithoutUsersWhateverTheEntriesAndRestarts() {
    try (ReusedStore guarded = new ReusedStore(folder.resolve("guarded"));
        ReusedStore other = new ReusedStore(folder.resolve("other"))) {
      for (long seed = 1; seed <= PROGRAMS; seed++) {
        Random random = new Random(seed);
        Program program = runAndCompare(new Trio(guarded, other, new AuthModel()), seed, random);
        program.assertSameState(guarded, other, seed, random);
      }
    }
  }

  private static Program runAndCompare(Trio trio, long seed, Random random) {
    AuthCommandMaker maker = new AuthCommandMaker(random);
    KeyCommandMaker keys = new KeyCommandMaker(random);
    List<Program.Step> steps = new ArrayList<>();
    trio.guarded.clear();
    trio.open.clear();
    long millis = 1_000_000;
    steps.add(new Program.Step(millis, leadership()));
    var _ = apply(trio.guarded, millis, leadership());
    var _ = apply(trio.open, millis, leadership());
    List<Command> beginning = maker.beginning();
    int count = FEWEST_STEPS + random.nextInt(MORE_STEPS);
    for (int step = 1; step <= count; step++) {
      // Neighbours with the same time can share an entry.
      millis += random.nextInt(3) == 0 ? random.nextInt(4500) : 0;
      Command command =
          step <= beginning.size()
              ? beginning.get(step - 1)
              : next(random, maker, keys, trio.model);
      steps.add(new Program.Step(millis, command));
      follow(trio, millis, command, "seed " + seed + ", step " + step);
    }
    assertSameKeys(trio.guarded, trio.open, "seed " + seed);
    return new Program(steps);
  }

  private static Command next(
      Random random, AuthCommandMaker maker, KeyCommandMaker keys, AuthModel model) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> maker.asked(maker.change(), model.revision);
      case 4 -> maker.token();
      default -> maker.asked(keys.next(20), model.revision);
    };
  }

  private static void follow(Trio trio, long millis, Command command, String at) {
    ErrorCode refusal;
    try (ReadView view = trio.guarded.view()) {
      refusal = trio.model.judge(command, lease -> LeaseQueries.keysOf(view, lease));
    }
    Outcome outcome = apply(trio.guarded, millis, command);
    if (refusal == null && AuthCommands.changesRules(command)) {
      refusal = trio.model.change(command);
    }
    if (refusal != null) {
      assertThat(codeOf(outcome)).as("%s: %s", at, command).isEqualTo(refusal.name());
    } else if (AuthCommands.changesRules(command)) {
      assertThat(codeOf(outcome)).as("%s: %s", at, command).isNull();
    } else if (!command.hasIssueToken() && !command.hasRenewToken()) {
      Outcome without = apply(trio.open, millis, command.toBuilder().clearAskedBy().build());
      assertThat(outcome).as("%s: %s", at, command).isEqualTo(without);
    }
    try (ReadView view = trio.guarded.view()) {
      assertThat(Counter.AUTH_REVISION.in(view)).as(at).isEqualTo(trio.model.revision);
      assertThat(trio.guarded.access().isEnabled()).as(at).isEqualTo(trio.model.isEnabled);
      assertThat(Set.copyOf(AuthQueries.users(view))).as(at).isEqualTo(trio.model.users.keySet());
      trio.model.users.forEach(
          (user, roles) ->
              assertThat(AuthQueries.rolesOf(view, user)).as(at).isEqualTo(List.copyOf(roles)));
      assertTokensFit(view, trio.model, at);
    }
  }

  /** Nobody has a token who is not there, and nobody while authentication is off. */
  private static void assertTokensFit(ReadView view, AuthModel model, String at) {
    long count = 0;
    for (long id = 1; id <= Counter.AUTH_TOKEN_ID.in(view); id++) {
      var token = AuthTokens.find(view, id);
      if (token != null) {
        count++;
        assertThat(model.isEnabled).as(at).isTrue();
        assertThat(model.users).as(at).containsKey(token.getUser());
        assertThat(AuthQueries.passwordOf(view, token.getUser())).as(at).isNotNull();
      }
    }
    assertThat(Counter.AUTH_TOKENS.in(view)).as(at).isEqualTo(count);
  }

  private static void assertSameKeys(ReusedStore guarded, ReusedStore open, String at) {
    try (ReadView one = guarded.view();
        ReadView other = open.view()) {
      RangeResponse expected = KeyQueries.range(other, ALL, Long.MAX_VALUE);
      assertThat(KeyQueries.range(one, ALL, Long.MAX_VALUE)).as(at).isEqualTo(expected);
    }
  }

  @Test
  void aTokenLivesForFiveMinutesOfTheLogsTimeAfterItWasLastRenewed() {
    try (Store store = Store.open(folder.resolve("ttl"), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, _ -> true);
      long now = 1_000_000;
      apply(machine, 0, now, leadership());
      new AuthCommandMaker(new Random(1))
          .beginning()
          .forEach(command -> apply(machine, store.applied().index() + 1, now, command));
      ByteString salt = ByteString.copyFromUtf8("salt");
      HashedPassword password = HashedPassword.newBuilder().setSalt(salt).setHash(salt).build();
      Asker root = Asker.newBuilder().setUser("root").setAuthRevision(100).build();
      AddUser user = AddUser.newBuilder().setName("dora").setPassword(password).build();
      IssueToken issue = IssueToken.newBuilder().setUser("dora").setSalt(salt).build();
      for (Command.Builder command :
          List.of(
              Command.newBuilder().setAskedBy(root).setAddUser(user),
              Command.newBuilder().setIssueToken(issue),
              Command.newBuilder().setIssueToken(issue))) {
        apply(machine, store.applied().index() + 1, now, command.build());
      }
      List<Long> given = tokens(store);
      long renewed = given.getFirst();

      apply(
          machine,
          store.applied().index() + 1,
          now + 200_000,
          Command.newBuilder().setRenewToken(RenewToken.newBuilder().setId(renewed)).build());
      apply(machine, store.applied().index() + 1, now + 299_999, expire());
      List<Long> before = tokens(store);
      apply(machine, store.applied().index() + 1, now + 300_000, expire());
      List<Long> after = tokens(store);
      apply(machine, store.applied().index() + 1, now + 500_000, expire());

      assertThat(given).hasSize(2);
      assertThat(before).isEqualTo(given);
      assertThat(after).containsExactly(renewed);
      assertThat(tokens(store)).isEmpty();
    }
  }

  private static List<Long> tokens(Store store) {
    Set<Long> ids = new TreeSet<>();
    try (ReadView view = store.view()) {
      for (long id = 1; id <= Counter.AUTH_TOKEN_ID.in(view); id++) {
        if (AuthTokens.find(view, id) != null) {
          ids.add(id);
        }
      }
    }
    return List.copyOf(ids);
  }

  private static Command leadership() {
    return Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build();
  }

  private static Command expire() {
    return Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(100)).build();
  }

  private static @Nullable String codeOf(Outcome outcome) {
    return outcome.hasRefusal() ? outcome.getRefusal().getCode() : null;
  }

  private static Outcome apply(ReusedStore store, long millis, Command command) {
    return store.apply(millis, List.of(command)).outcomes().getFirst();
  }

  private static Outcome apply(StateMachine machine, long index, long millis, Command command) {
    return machine.apply(new LogPosition(1, index), millis, List.of(command)).outcomes().getFirst();
  }
}

package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.api.auth.CertifiedCaller;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.auth.AuthCommands;
import dev.trivet.state.auth.AuthQueries;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs made from a seed: commands about keys, leases, compactions, users and roles,
 * reads and watches, by different users. Every answer, every range and every event is what {@link
 * KeyModel} says, or the refusal that {@link AuthModel} says. Then each program again, in other
 * entries and from the rows of its middle, to the same hash of all rows.
 */
final class KeyProgramTest {
  /** More in a long run: {@code -Dtrivet.programs=1000000}. */
  private static final int PROGRAMS = Integer.getInteger("trivet.programs", 10_000);

  private static final int FEWEST_STEPS = 8;
  private static final int MORE_STEPS = 24;

  @TempDir Path folder;

  @Test
  void tenThousandProgramsLeaveWhatTheModelSaysWhateverTheEntriesRestartsAndSnapshots() {
    try (ReusedStore one = new ReusedStore(folder.resolve("one"));
        ReusedStore other = new ReusedStore(folder.resolve("other"))) {
      for (long seed = 1; seed <= PROGRAMS; seed++) {
        Random random = new Random(seed);
        Program program = new Run(one, seed, random).run();
        program.assertSameState(one, other, seed, random);
      }
    }
  }

  /** One program while it runs the first time. */
  private static final class Run {
    private final ReusedStore store;
    private final String name;
    private final Random random;
    private final KeyCommandMaker maker;
    private final AuthCommandMaker authMaker;
    private final KeyModel model = new KeyModel();
    private final AuthModel auth = new AuthModel();
    private final List<Program.Step> steps = new ArrayList<>();

    /** Without users programs get further. */
    private final List<Command> beginning;

    private long millis = 1_000_000;

    Run(ReusedStore store, long seed, Random random) {
      this.store = store;
      this.name = "seed " + seed;
      this.random = random;
      this.maker = new KeyCommandMaker(random);
      this.authMaker = new AuthCommandMaker(random);
      this.beginning = random.nextBoolean() ? authMaker.beginning() : List.of();
    }

    Program run() {
      store.clear();
      Command first =
          Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build();
      var _ = store.apply(millis, List.of(first));
      steps.add(new Program.Step(millis, first));
      ProgramWatches watches = new ProgramWatches(store, model, auth, random);
      int count = beginning.size() + FEWEST_STEPS + random.nextInt(MORE_STEPS);
      for (int step = 1; step <= count; step++) {
        String at = name + ", step " + step;
        passTime();
        Command command = step <= beginning.size() ? beginning.get(step - 1) : next();
        watches.applied(follow(command, at), at);
        try (ReadView view = store.view()) {
          compareUsers(view, at);
          compareRange(view, at);
        }
        watches.act(at);
      }
      watches.end(name);
      try (ReadView view = store.view()) {
        KeyAgreement.comparePast(view, model, random, name);
      }
      return new Program(steps);
    }

    /** Neighbours with the same time can share an entry. */
    private void passTime() {
      if (random.nextInt(3) == 0) {
        millis += random.nextInt(4500);
        // The time is a row: now it is there, and a command that is refused changes none.
        var _ = store.apply(millis, List.of());
      }
    }

    private Command next() {
      if (beginning.isEmpty()) {
        return maker.next(model.revision());
      }
      return switch (random.nextInt(10)) {
        case 0, 1, 2 -> authMaker.asked(authMaker.change(), auth.revision);
        case 3 -> authMaker.token();
        default -> authMaker.asked(maker.next(model.revision()), auth.revision);
      };
    }

    private Applied follow(Command command, String at) {
      long before = store.hash();
      long revision = model.revision();
      Applied applied = store.apply(millis, List.of(command));
      steps.add(new Program.Step(millis, command));
      Outcome outcome = applied.outcomes().getFirst();
      ErrorCode refusal = auth.judge(command, model::keysOn);
      boolean isChangeOfRules = AuthCommands.changesRules(command);
      if (refusal == null && isChangeOfRules) {
        refusal = auth.change(command);
      }
      if (refusal != null || isChangeOfRules) {
        assertThat(codeOf(outcome))
            .as("%s: %s", at, command)
            .isEqualTo(refusal == null ? null : refusal.name());
      } else if (!command.hasIssueToken() && !command.hasRenewToken()) {
        KeyAgreement.follow(model, command, outcome, at);
      }
      if (outcome.hasRefusal()) {
        assertThat(store.hash()).as("%s: refused, %s", at, command).isEqualTo(before);
      }
      assertThat(KeyAgreement.changed(applied))
          .as(at)
          .isEqualTo(KeyAgreement.happened(model, revision + 1));
      return applied;
    }

    private void compareUsers(ReadView view, String at) {
      if (!beginning.isEmpty()) {
        assertThat(Counter.AUTH_REVISION.in(view)).as(at).isEqualTo(auth.revision);
        assertThat(store.access().isEnabled()).as(at).isEqualTo(auth.isEnabled);
        assertThat(Set.copyOf(AuthQueries.users(view))).as(at).isEqualTo(auth.users.keySet());
      }
    }

    private void compareRange(ReadView view, String at) {
      RangeRequest request = maker.range(Math.max(1, model.compacted), model.revision());
      String user = authMaker.anybody();
      ErrorCode refusal =
          auth.judgeRead(ProgramWatches.asker(user), request.getKey(), request.getRangeEnd());
      assertThat(refusalOf(view, user, request)).as("%s: %s", at, request).isEqualTo(refusal);
      if (refusal == null) {
        KeyAgreement.compareRange(view, model, request, at);
      }
    }

    private @Nullable ErrorCode refusalOf(ReadView view, String user, RangeRequest request) {
      try {
        CertifiedCaller.of(store::access, store.store(), user)
            .requireRead(view, request.getKey(), request.getRangeEnd());
        return null;
      } catch (TrivetException refused) {
        return refused.code();
      }
    }

    private static @Nullable String codeOf(Outcome outcome) {
      return outcome.hasRefusal() ? outcome.getRefusal().getCode() : null;
    }
  }
}

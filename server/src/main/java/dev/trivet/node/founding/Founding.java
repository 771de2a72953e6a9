package dev.trivet.node.founding;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerTrust;
import dev.trivet.proto.peer.IntroduceResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node with a fresh folder comes to belong to a cluster.
 *
 * <p>It asks the nodes of its founding document again and again:
 *
 * <ul>
 *   <li>one of them belongs to a cluster of which this incarnation is a founder or a member, or is
 *       just being admitted: this node takes that identity;
 *   <li>one of them belongs to a cluster, and none knows this incarnation: this node waits at the
 *       door until it is admitted. So a node whose disk was lost never votes under its old
 *       identity, and can never found a second cluster beside the first;
 *   <li>all of them answered and none belongs to a cluster: the founder whose name comes first
 *       draws the cluster's id and makes it durable; the others fetch it by the first rule.
 * </ul>
 *
 * <p>Since all founders must answer before one decides, a cluster of which one member still lives
 * is never founded again. A founder that is lost between its decision and the others' fetching it
 * leaves nothing behind that could have been acknowledged.
 */
public final class Founding {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);
  private static final long ROUND_MILLIS = 250;

  private final IdentityFile file;
  private final PeerTrust trust;
  private final List<Founder> initial;
  private final RandomGenerator random;
  private volatile Identity identity;
  private volatile String waitsFor = "begins";

  /**
   * @param trust what the nodes of the cluster ask of each other
   * @param identity of a node that is not a member
   * @param initial the founding document
   * @param random where a cluster's id comes from
   */
  public Founding(
      PeerTrust trust,
      IdentityFile file,
      Identity identity,
      List<Founder> initial,
      RandomGenerator random) {
    this.trust = trust;
    this.file = file;
    this.identity = identity;
    this.initial = List.copyOf(initial);
    this.random = random;
    if (initial.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a node with an empty data folder needs --initial: its founding members, or members of"
              + " the cluster that it is to join");
    }
  }

  /** The identity as it is on disk now. */
  public Identity identity() {
    return identity;
  }

  /** What the node waits for, for people. */
  public String waitsFor() {
    return waitsFor;
  }

  /**
   * Blocks until the node belongs to a cluster; the identity is durable then.
   *
   * @throws IOException when the identity cannot be written
   */
  public Identity await() throws IOException, InterruptedException {
    Member self = identity.self();
    List<Founder> others =
        initial.stream().filter(founder -> !founder.name().equals(self.name())).toList();
    try (Introductions introductions = new Introductions(trust, self)) {
      while (true) {
        Map<Founder, IntroduceResponse> answers = introductions.ask(others);
        Identity found = decide(answers, others.size(), introductions.refusal());
        if (found != null) {
          file.write(found);
          identity = found;
          LOG.info("{} belongs to cluster {}", found.self().name(), found.clusterId());
          return found;
        }
        Thread.sleep(ROUND_MILLIS);
      }
    }
  }

  private @Nullable Identity decide(
      Map<Founder, IntroduceResponse> answers, int needed, String refusal) {
    Member self = identity.self();
    String cluster = "";
    for (IntroduceResponse answer : answers.values()) {
      if (answer.getClusterId().isEmpty()) {
        continue;
      }
      List<Member> founders = MemberForms.readAll(answer.getFoundersList());
      if (founders.contains(self)) {
        return new Identity(self, answer.getClusterId(), founders, false);
      }
      if (MemberForms.readAll(answer.getMembersList()).contains(self)
          || MemberForms.readAll(answer.getAdmittingList()).contains(self)) {
        return new Identity(self, answer.getClusterId(), List.of(), false);
      }
      cluster = answer.getClusterId();
    }
    if (!cluster.isEmpty()) {
      say(
          "waits at the door of cluster %s: admit it by 'trivet cluster add %s'"
              .formatted(cluster, self.name()));
      return null;
    }
    Founder own = ownFounder();
    if (own == null) {
      say("is not among the founding members: waits for a cluster to join");
      return null;
    }
    if (answers.size() < needed) {
      say(
          "waits for the other founding members: %d of %d answer%s"
              .formatted(answers.size(), needed, refusal.isEmpty() ? "" : ", and " + refusal));
      return null;
    }
    String first = initial.stream().map(Founder::name).min(Comparator.naturalOrder()).orElseThrow();
    if (!first.equals(self.name())) {
      say("waits for " + first + " to found the cluster");
      return null;
    }
    List<Member> founders = new ArrayList<>();
    for (Founder founder : initial) {
      IntroduceResponse answer = answers.get(founder);
      Member member = answer == null ? self : MemberForms.read(answer.getSelf());
      if (!member.equals(founder.as(member.incarnation()))) {
        say("found " + member + " where the founding document has " + founder);
        return null;
      }
      founders.add(member);
    }
    return new Identity(self, "%016x".formatted(random.nextLong() | 1), founders, false);
  }

  private @Nullable Founder ownFounder() {
    for (Founder founder : initial) {
      if (founder.as(identity.self().incarnation()).equals(identity.self())) {
        return founder;
      }
    }
    return null;
  }

  private void say(String text) {
    if (!text.equals(waitsFor)) {
      waitsFor = text;
      LOG.info("{} {}", identity.self().name(), text);
    }
  }
}

package dev.trivet.node.founding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.Ports;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerServer;
import dev.trivet.peer.PeerTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fresh nodes with real folders and real peer ports on loopback. */
final class FoundingTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder = Path.of("");
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : opened.reversed()) {
      resource.close();
    }
  }

  @Test
  void freshFoundersAgreeOnOneCluster() throws IOException {
    List<Founder> document = document("n1", "n2", "n3");

    List<Fresh> nodes = List.of(node(document, 0), node(document, 1), node(document, 2));

    await().atMost(LIMIT).until(() -> nodes.stream().allMatch(Fresh::isMember));
    assertThat(nodes.stream().map(node -> node.founding.identity().clusterId()).distinct())
        .hasSize(1);
    assertThat(nodes.stream().map(node -> node.founding.identity().founders()).distinct())
        .hasSize(1);
  }

  @Test
  void nobodyFoundsWhileAFounderIsMissing() throws IOException {
    List<Founder> document = document("n1", "n2", "n3");

    Fresh first = node(document, 0);
    Fresh second = node(document, 1);

    await().atMost(LIMIT).until(() -> first.founding.waitsFor().contains("1 of 2"));
    assertThat(first.isMember()).isFalse();
    assertThat(second.isMember()).isFalse();
  }

  @Test
  void aFounderWhoseFolderWasLostWaitsAtTheDoorUntilItIsAdmitted() throws Exception {
    List<Founder> document = document("n1", "n2");
    Fresh first = node(document, 0);
    Fresh second = node(document, 1);
    await().atMost(LIMIT).until(() -> first.isMember() && second.isMember());
    first.close();

    Fresh wiped = node(document, 0);

    await().atMost(LIMIT).until(() -> wiped.founding.waitsFor().contains("at the door"));
    assertThat(wiped.isMember()).isFalse();
    assertThat(second.strangers).contains(wiped.founding.identity().self());

    second.admitting.add(wiped.founding.identity().self());

    await().atMost(LIMIT).until(wiped::isMember);
    assertThat(wiped.founding.identity().founders()).isEmpty();
  }

  @Test
  void aNodeThatTheFirstToAnswerDoesNotKnowAsksTheOthersToo() throws Exception {
    List<Founder> document = document("n1", "n2", "n3");
    List<Fresh> founders = List.of(node(document, 0), node(document, 1), node(document, 2));
    await().atMost(LIMIT).until(() -> founders.stream().allMatch(Fresh::isMember));
    founders.getFirst().close();
    Fresh wiped = node(document, 0);
    await().atMost(LIMIT).until(() -> wiped.founding.waitsFor().contains("at the door"));

    // Only the leader knows whom it is admitting.
    founders.get(1).admitting.add(wiped.founding.identity().self());
    await().atMost(LIMIT).until(wiped::isMember);
    wiped.close();

    Fresh again = node(document, 0);
    founders.get(2).admitting.add(again.founding.identity().self());
    await().atMost(LIMIT).until(again::isMember);
  }

  private static List<Founder> document(String... names) {
    List<Founder> founders = new ArrayList<>();
    for (String name : names) {
      String peer = "127.0.0.1:" + Ports.free(1).getFirst();
      founders.add(new Founder(name, new Founder.Addresses("127.0.0.1:1", peer, "127.0.0.1:2")));
    }
    return founders;
  }

  private Fresh node(List<Founder> document, int which) throws IOException {
    Fresh node = new Fresh(Files.createTempDirectory(folder, "node"), document, which);
    opened.add(node);
    return node;
  }

  /** A node as far as it gets without a store. */
  private static final class Fresh implements AutoCloseable {
    final Founding founding;
    final List<Member> members = new CopyOnWriteArrayList<>();
    final List<Member> admitting = new CopyOnWriteArrayList<>();
    final List<Member> strangers = new CopyOnWriteArrayList<>();
    private final PeerServer port;
    private final CompletableFuture<Identity> end = new CompletableFuture<>();
    private final Thread waiting;

    Fresh(Path folder, List<Founder> document, int which) throws IOException {
      Founder self = document.get(which);
      IdentityFile file = new IdentityFile(folder);
      Random random = new Random(folder.hashCode());
      founding = new Founding(PeerTrust.NONE, file, file.open(self, random), document, random);
      String address = self.addresses().peer();
      int peerPort = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      port =
          PeerServer.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), peerPort),
              PeerTrust.NONE,
              "",
              founding.identity().self(),
              List.of(),
              List.of(
                  new FoundingReplies(
                      founding::identity, () -> members, () -> admitting, strangers::add)));
      waiting = Thread.ofVirtual().start(this::run);
    }

    private void run() {
      try {
        end.complete(founding.await());
      } catch (IOException | RuntimeException e) {
        end.completeExceptionally(e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    boolean isMember() {
      return end.isDone() && end.join().isMember();
    }

    @Override
    public void close() {
      waiting.interrupt();
      port.close();
    }
  }
}

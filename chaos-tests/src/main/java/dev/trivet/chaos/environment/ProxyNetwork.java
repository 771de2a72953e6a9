package dev.trivet.chaos.environment;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * What lies between nodes whose connections all pass this process. A connection between two nodes
 * has two directions, each under the rule of its way; what clients say passes untouched.
 *
 * <p>Bytes that a cut holds back arrive when it is healed, as TCP would send them again.
 */
final class ProxyNetwork implements Network, AutoCloseable {
  private static final int BACKLOG = 200;

  private final List<LocalNode> nodes;
  private final List<ServerSocket> doors = new ArrayList<>();
  private final Set<Pipe> pipes = ConcurrentHashMap.newKeySet();
  private final AtomicLong touched = new AtomicLong();

  /** By way; replaced as a whole, so that pipes read it at any time. */
  private volatile Map<Way, Rule> rules = Map.of();

  ProxyNetwork(List<LocalNode> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** From one node, by name, to another; {@link #CLIENT} stands for everybody else. */
  record Way(String from, String to) {
    static final String CLIENT = "";
  }

  /**
   * What happens on a way.
   *
   * @param late milliseconds, 0 for none
   * @param bytesPerSecond 0 for no limit
   */
  record Rule(boolean isCut, boolean isReset, long late, long bytesPerSecond) {
    static final Rule NONE = new Rule(false, false, 0, 0);
  }

  /** Takes connections to a node's known address and leads them to its own. */
  void listen(LocalNode to, String known, String own, int port) throws IOException {
    ServerSocket door = new ServerSocket();
    door.setReuseAddress(true);
    door.bind(new InetSocketAddress(InetAddress.getByName(known), port), BACKLOG);
    doors.add(door);
    Thread.ofVirtual()
        .name("proxy-" + known + ":" + port)
        .start(() -> accept(door, to, new InetSocketAddress(own, port)));
  }

  private void accept(ServerSocket door, LocalNode to, InetSocketAddress target) {
    while (!door.isClosed()) {
      try {
        Socket caller = door.accept();
        Thread.ofVirtual().start(() -> connect(caller, to, target));
      } catch (IOException _) {
        // Closed, or a caller that is gone already.
      }
    }
  }

  private void connect(Socket caller, LocalNode to, InetSocketAddress target) {
    Socket node = new Socket();
    try {
      String from = caller(caller);
      if (rule(new Way(from, to.name())).isReset()) {
        touched.incrementAndGet();
        Pipe.reset(caller);
        return;
      }
      node.connect(target);
      pipe(new Way(from, to.name()), caller, node);
      pipe(new Way(to.name(), from), node, caller);
    } catch (IOException _) {
      // The node is not there: its caller shall see the same.
      Pipe.reset(caller);
      Pipe.reset(node);
    }
  }

  private void pipe(Way way, Socket from, Socket to) throws IOException {
    Pipe pipe = new Pipe(from, to, () -> rule(way), touched::incrementAndGet);
    pipes.add(pipe);
    pipe.start(() -> pipes.remove(pipe));
  }

  private Rule rule(Way way) {
    return rules.getOrDefault(way, Rule.NONE);
  }

  /** Which node has the other end of a connection that was accepted. */
  private String caller(Socket accepted) throws IOException {
    Optional<String> inode =
        Connections.inodeOf(
            accepted.getPort(), accepted.getLocalAddress(), accepted.getLocalPort());
    if (inode.isPresent()) {
      for (LocalNode node : nodes) {
        if (node.isRunning() && Connections.has(node.pid(), inode.get())) {
          return node.name();
        }
      }
    }
    return Way.CLIENT;
  }

  private synchronized void change(Node from, Node to, UnaryOperator<Rule> how) {
    if (rules.isEmpty()) {
      touched.set(0);
    }
    Map<Way, Rule> changed = new HashMap<>(rules);
    changed.merge(
        new Way(from.name(), to.name()), how.apply(Rule.NONE), (old, _) -> how.apply(old));
    rules = Map.copyOf(changed);
  }

  @Override
  public void cut(Node from, Node to) {
    change(from, to, old -> new Rule(true, old.isReset(), old.late(), old.bytesPerSecond()));
  }

  @Override
  public void reset(Node from, Node to) {
    change(from, to, old -> new Rule(old.isCut(), true, old.late(), old.bytesPerSecond()));
  }

  @Override
  public void disconnect(Node node) {
    throw new IllegalStateException("loopback cannot be taken away from a process");
  }

  @Override
  public void lose(Node from, Node to, double share) {
    throw new IllegalStateException("the proxy sees streams, not packets");
  }

  @Override
  public void delay(Node from, Node to, Duration late) {
    change(
        from,
        to,
        old -> new Rule(old.isCut(), old.isReset(), late.toMillis(), old.bytesPerSecond()));
  }

  @Override
  public void limit(Node from, long bytesPerSecond) {
    for (Node to : nodes) {
      if (!to.equals(from)) {
        change(from, to, old -> new Rule(old.isCut(), old.isReset(), old.late(), bytesPerSecond));
      }
    }
  }

  @Override
  public synchronized void heal() {
    rules = Map.of();
  }

  @Override
  public Touched touched() {
    long count = touched.get();
    return new Touched(count, count + " pieces of streams or connections held, refused or late");
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket door : doors) {
      door.close();
    }
    pipes.forEach(Pipe::close);
  }
}

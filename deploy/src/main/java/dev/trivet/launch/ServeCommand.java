package dev.trivet.launch;

import dev.trivet.api.auth.TokenKind;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.api.port.CrossOrigin;
import dev.trivet.client.ByteSize;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.logs.LogOptions;
import dev.trivet.node.Node;
import dev.trivet.node.NodeOptions;
import dev.trivet.node.SpaceLimits;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop, or must. */
@Command(
    name = "serve",
    description = "Run one node.",
    footer = {
      "",
      "A node whose data folder is empty founds a cluster together with the others of --initial once"
          + " all of them are up, or, when they have one already, waits until it is admitted by"
          + " 'trivet cluster add NAME'."
    })
final class ServeCommand implements Callable<Integer> {
  private static final long STOP_MILLIS = 25_000;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The node's name, unique in the cluster.")
  private String name = "";

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FOLDER",
      description = "The node's own folder.")
  private Path data = Path.of("");

  @Option(
      names = "--raft",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where other nodes reach Raft.")
  private String raft = "";

  @Option(
      names = "--peer",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where other nodes reach everything else.")
  private String peer = "";

  @Option(
      names = "--client",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where clients reach the node.")
  private String client = "";

  @Option(
      names = "--initial",
      paramLabel = "NAME=RAFT/PEER/CLIENT,...",
      description = "The founding members, or members of the cluster to join; for an empty folder.")
  private String initial = "";

  @Option(
      names = "--bind",
      paramLabel = "HOST",
      description = "Address to bind all three ports to. Default: the host of each address.")
  private String bind = "";

  @Option(
      names = "--secret",
      paramLabel = "FILE",
      description =
          "A file with the cluster's secret, the same on all nodes: others are refused at the Raft"
              + " and peer ports.")
  private @Nullable Path secret;

  @Option(
      names = "--max-request-bytes",
      paramLabel = "BYTES",
      defaultValue = "1536k",
      description = "Largest request of etcd's API, up to 3m (${DEFAULT-VALUE}).")
  private String maxRequestBytes = "";

  @Option(
      names = "--max-txn-ops",
      paramLabel = "COUNT",
      defaultValue = "128",
      description = "Most operations in a transaction (${DEFAULT-VALUE}).")
  private int maxOperations;

  @Option(
      names = "--quota",
      paramLabel = "BYTES",
      defaultValue = "0",
      description =
          "Bytes that the database may hold: above it writes of keys are refused until there is"
              + " room again; 0 is no quota (${DEFAULT-VALUE}).")
  private String quota = "";

  @Option(
      names = "--disk-reserve",
      paramLabel = "BYTES",
      defaultValue = "256m",
      description = "What the disk must have left for writes of keys (${DEFAULT-VALUE}).")
  private String reserve = "";

  @Option(
      names = "--cors",
      paramLabel = "ORIGIN,...",
      defaultValue = "*",
      description = "Web pages that may read this node's answers (${DEFAULT-VALUE}).")
  private String cors = "";

  @Mixin private final TlsOptions tls = new TlsOptions();

  @Option(
      names = "--auth-token",
      paramLabel = "KIND[,OPTION=...]",
      defaultValue = "simple",
      description =
          "Tokens of users, the same on all nodes: simple, or"
              + " jwt,sign-method=RS256,pub-key=FILE,priv-key=FILE,ttl=5m (${DEFAULT-VALUE}).")
  private String authToken = "";

  @Option(
      names = "--log-format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}); one event a line.")
  private LogOptions.Format logFormat = LogOptions.Format.text;

  @Option(
      names = "--log-level",
      defaultValue = "INFO",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Level logLevel = Level.INFO;

  @Option(
      names = "--print-config",
      description = "Print each value and where it is from; then end.")
  private boolean isPrinting;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    NodeOptions options = options();
    if (isPrinting) {
      printSettings();
      return 0;
    }
    new LogOptions(logFormat, logLevel, name).use();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread serving = Thread.currentThread();
    CompletableFuture<Boolean> orderly = new CompletableFuture<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(serving, orderly), "stop"));
    try (Node node = Node.start(options, end::complete)) {
      if (logFormat == LogOptions.Format.text) {
        Banner.print(node, options, System.err);
      }
      return failed(node, end.get());
    } catch (InterruptedException _) {
      // Told to stop: the node is closed by now.
      orderly.complete(true);
      return 0;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a node's end is never an exception", e);
    } finally {
      orderly.complete(false);
    }
  }

  private void printSettings() {
    if (command.defaultValueProvider() instanceof Settings settings) {
      PrintWriter out = command.commandLine().getOut();
      ParseResult parsed = command.commandLine().getParseResult();
      settings
          .of(parsed)
          .forEach(
              setting ->
                  out.printf("%s = %s  # %s%n", setting.name(), setting.value(), setting.origin()));
      out.flush();
    }
  }

  /**
   * Runs when the process is to end, and keeps it until the node is closed. It cannot wait for the
   * serving thread itself: that one asks in turn for the end that is under way here, and stands.
   *
   * @param orderly completed when the node is closed: true if it had been told to stop
   */
  private static void stop(Thread serving, Future<Boolean> orderly) {
    serving.interrupt();
    try {
      if (orderly.get(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
        // No failure, though a signal asked for it.
        Runtime.getRuntime().halt(0);
      }
    } catch (TimeoutException | ExecutionException _) {
      // The process ends all the same: what was acknowledged is on disk.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static int failed(Node node, Throwable cause) {
    System.err.println("trivet: the node stops, for going on would be wrong: " + cause);
    cause.printStackTrace(System.err);
    // What broke may hang while it closes: the process ends all the same.
    Thread.ofPlatform().daemon().name("last-resort").start(ServeCommand::haltLater);
    node.close();
    return cause instanceof TrivetException known ? known.code().exitCode() : 1;
  }

  private static void haltLater() {
    try {
      Thread.sleep(STOP_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }

  private NodeOptions options() {
    try {
      return new NodeOptions(
          name,
          data,
          new Founder.Addresses(raft, peer, client),
          bind,
          secret == null ? ClusterSecret.NONE : ClusterSecret.read(secret),
          initial.isEmpty() ? List.of() : Founder.parseAll(initial),
          new RequestLimits(Math.toIntExact(ByteSize.parse(maxRequestBytes)), maxOperations),
          new SpaceLimits(ByteSize.parse(quota), ByteSize.parse(reserve)),
          tls.read(),
          TokenKind.parse(authToken),
          CrossOrigin.parse(cors));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(String.valueOf(e.getMessage()), e);
    }
  }
}

package dev.trivet.chaos.environment;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.NodeProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Whose nodes are broken. Both speak etcd's API, so workloads and checkers are the same. */
public enum Software {
  /** Our own. */
  TRIVET {
    @Override
    public String obstacle() {
      return "";
    }

    @Override
    Map<Capability, String> lacking() {
      return Map.of();
    }

    @Override
    String notReady(String endpoint) {
      return NodeProcess.notReady(endpoint);
    }
  },

  /**
   * The etcd that the machine has installed: what checkers say of a store that others rely on shows
   * whether they are to be believed.
   */
  ETCD {
    @Override
    public String obstacle() {
      return Programs.missing(Etcd.PROGRAM);
    }

    @Override
    Map<Capability, String> lacking() {
      return Map.of(
          Capability.TRIVET,
          "only Trivet has it",
          Capability.SHIM,
          "etcd calls the kernel past the C library",
          Capability.ADDRESSES,
          "etcd's members know each other by address");
    }

    @Override
    String notReady(String endpoint) {
      try (TrivetClient client =
          TrivetClient.builder(List.of(endpoint)).deadline(PATIENCE).connect()) {
        var _ = client.keys().get(QUESTION);
        return "";
      } catch (TrivetException e) {
        return e.toString();
      }
    }
  };

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final ByteString QUESTION = ByteString.copyFromUtf8("recovery");

  /** Why this machine cannot run it; empty if it can. */
  public abstract String obstacle();

  /** Why the node at an address cannot do a linearizable read now; empty if it can. */
  abstract String notReady(String endpoint);

  /** What cannot be done to its nodes in any environment, each with the reason. */
  abstract Map<Capability, String> lacking();
}

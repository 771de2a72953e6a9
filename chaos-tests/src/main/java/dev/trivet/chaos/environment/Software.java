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
    boolean serves(String endpoint) {
      return NodeProcess.isReady(endpoint);
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
    boolean serves(String endpoint) {
      try (TrivetClient client =
          TrivetClient.builder(List.of(endpoint)).deadline(PATIENCE).connect()) {
        var _ = client.keys().get(QUESTION);
        return true;
      } catch (TrivetException _) {
        return false;
      }
    }
  };

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final ByteString QUESTION = ByteString.copyFromUtf8("recovery");

  /** Why this machine cannot run it; empty if it can. */
  public abstract String obstacle();

  /** Whether the node at an address can do a linearizable read now. */
  abstract boolean serves(String endpoint);

  /** What cannot be done to its nodes in any environment, each with the reason. */
  abstract Map<Capability, String> lacking();
}

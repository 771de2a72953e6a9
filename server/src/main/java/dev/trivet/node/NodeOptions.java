package dev.trivet.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How one node is started.
 *
 * @param name unique among the members
 * @param data the node's own folder
 * @param addresses what this node tells others of itself
 * @param bindHost where the ports are bound; empty: the host of each address
 * @param initial the founding members; only read when the data folder is new
 */
public record NodeOptions(
    String name, Path data, Addresses addresses, String bindHost, List<Founder> initial) {
  /** Addresses of a node's three ports, each host:port. */
  public record Addresses(String raft, String peer, String client) {
    public Addresses {
      requireHostAndPort(raft);
      requireHostAndPort(peer);
      requireHostAndPort(client);
    }
  }

  /** A founding member. */
  public record Founder(String name, Addresses addresses) {}

  public NodeOptions {
    initial = List.copyOf(initial);
    Set<String> names = new HashSet<>();
    for (Founder founder : initial) {
      if (!names.add(founder.name())) {
        throw new IllegalArgumentException("member " + founder.name() + " is named twice");
      }
    }
  }

  /**
   * Reads the list of founding members: {@code NAME=RAFT/PEER/CLIENT,...}, each address host:port.
   *
   * @throws IllegalArgumentException with the part that could not be read
   */
  public static List<Founder> parseInitial(String text) {
    List<Founder> founders = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      List<String> addresses =
          equals < 1 ? List.of() : List.of(part.substring(equals + 1).split("/", -1));
      if (addresses.size() != 3) {
        throw new IllegalArgumentException(
            "a founding member is NAME=RAFT/PEER/CLIENT with three addresses host:port: got '"
                + part
                + "'");
      }
      founders.add(
          new Founder(
              part.substring(0, equals).strip(),
              new Addresses(
                  addresses.get(0).strip(), addresses.get(1).strip(), addresses.get(2).strip())));
    }
    return founders;
  }

  private static void requireHostAndPort(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 1
        || !address.substring(colon + 1).matches("[0-9]{1,5}")
        || Integer.parseInt(address.substring(colon + 1)) > 65_535) {
      throw new IllegalArgumentException("an address is host:port: got '" + address + "'");
    }
  }
}

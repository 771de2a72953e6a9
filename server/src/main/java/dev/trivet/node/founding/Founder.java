package dev.trivet.node.founding;

import dev.trivet.peer.Member;
import java.util.ArrayList;
import java.util.List;

/** A member that the founding document names; its incarnation is only known once it answers. */
public record Founder(String name, Addresses addresses) {
  /** Addresses of a node's three ports, each host:port. */
  public record Addresses(String raft, String peer, String client) {
    public Addresses {
      requireHostAndPort(raft);
      requireHostAndPort(peer);
      requireHostAndPort(client);
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

  /**
   * Reads the founding document: {@code NAME=RAFT/PEER/CLIENT,...}, each address host:port.
   *
   * @throws IllegalArgumentException with the part that could not be read
   */
  public static List<Founder> parseAll(String text) {
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

  Member as(String incarnation) {
    return new Member(
        name,
        incarnation,
        addresses.raft(),
        addresses.peer(),
        addresses.client(),
        Member.Role.VOTER);
  }
}

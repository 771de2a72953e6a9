package dev.trivet.node;

import dev.trivet.api.auth.TokenKind;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.api.port.CrossOrigin;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.peer.PeerTrust;
import java.net.InetSocketAddress;
import java.nio.file.Path;
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
 * @param secret what the nodes of the cluster know
 * @param initial the founding members; only read when the data folder is new
 * @param limits of requests
 * @param space when the node refuses to grow
 * @param tls the certificates of its ports
 * @param tokens which ones it gives users, the same on all members
 * @param origins of web pages that may read what its client port says
 */
public record NodeOptions(
    String name,
    Path data,
    Founder.Addresses addresses,
    String bindHost,
    ClusterSecret secret,
    List<Founder> initial,
    RequestLimits limits,
    SpaceLimits space,
    NodeTls tls,
    TokenKind tokens,
    CrossOrigin origins) {
  public NodeOptions {
    initial = List.copyOf(initial);
    Set<String> names = new HashSet<>();
    for (Founder founder : initial) {
      if (!names.add(founder.name())) {
        throw new IllegalArgumentException("member " + founder.name() + " is named twice");
      }
    }
  }

  /** The rest as it is by default: no TLS, tokens that the log keeps, web pages of any origin. */
  public NodeOptions(
      String name,
      Path data,
      Founder.Addresses addresses,
      String bindHost,
      ClusterSecret secret,
      List<Founder> initial) {
    this(
        name,
        data,
        addresses,
        bindHost,
        secret,
        initial,
        RequestLimits.DEFAULT,
        SpaceLimits.DEFAULT,
        NodeTls.NONE,
        TokenKind.SIMPLE,
        CrossOrigin.ANY);
  }

  /** The same with other limits of space. */
  public NodeOptions with(SpaceLimits other) {
    return new NodeOptions(
        name, data, addresses, bindHost, secret, initial, limits, other, tls, tokens, origins);
  }

  /** The same with other certificates. */
  public NodeOptions with(NodeTls other) {
    return new NodeOptions(
        name, data, addresses, bindHost, secret, initial, limits, space, other, tokens, origins);
  }

  /** What the ports between nodes ask for. */
  PeerTrust trust() {
    return new PeerTrust(secret, tls.peer());
  }

  /** Where to bind a port that others reach at {@code address}, host:port. */
  InetSocketAddress bind(String address) {
    int colon = address.lastIndexOf(':');
    String host = bindHost.isEmpty() ? address.substring(0, colon) : bindHost;
    return new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
  }
}

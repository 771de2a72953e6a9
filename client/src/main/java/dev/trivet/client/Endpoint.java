package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** One "host:port"; an IPv6 address stands in brackets. */
record Endpoint(String host, int port) {
  private static final int LARGEST_PORT = 65_535;

  static boolean isValid(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      return false;
    }
    String port = text.substring(colon + 1);
    return !port.isEmpty()
        && port.length() <= 5
        && port.chars().allMatch(digit -> digit >= '0' && digit <= '9')
        && Integer.parseInt(port) >= 1
        && Integer.parseInt(port) <= LARGEST_PORT
        && (text.indexOf(':') == colon || (text.startsWith("[") && text.charAt(colon - 1) == ']'));
  }

  static Endpoint parse(String text) {
    if (!isValid(text)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "endpoint '" + text + "' is not host:port with a port of 1 to " + LARGEST_PORT);
    }
    int colon = text.lastIndexOf(':');
    return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** All addresses of the host. Blocks while the name is looked up. */
  List<SocketAddress> resolve() throws UnknownHostException {
    List<SocketAddress> addresses = new ArrayList<>();
    for (InetAddress address : InetAddress.getAllByName(host)) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return addresses;
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}

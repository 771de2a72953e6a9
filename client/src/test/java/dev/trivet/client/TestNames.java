package dev.trivet.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.security.Security;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Names below {@code .trivet.test}, as tests of this JVM set them, in place of a DNS server; all
 * others are the system's. Java is told to remember no answer.
 */
public final class TestNames extends InetAddressResolverProvider {
  private static final String DOMAIN = ".trivet.test";
  private static final Map<String, String> ADDRESSES = new ConcurrentHashMap<>();

  /** A name that had none before is known from now on, or has moved. */
  static void set(String host, String address) {
    ADDRESSES.put(host, address);
  }

  /** From now on nobody knows the name. */
  static void forget(String host) {
    ADDRESSES.remove(host);
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    return new Resolver(configuration.builtinResolver());
  }

  @Override
  public String name() {
    return "names of tests";
  }

  private record Resolver(InetAddressResolver system) implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      if (!host.endsWith(DOMAIN)) {
        return system.lookupByName(host, policy);
      }
      String address = ADDRESSES.get(host);
      if (address == null) {
        throw new UnknownHostException(host);
      }
      return Stream.of(InetAddress.ofLiteral(address));
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return system.lookupByAddress(address);
    }
  }
}

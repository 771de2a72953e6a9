package dev.trivet.client;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Makes resolvers of targets "trivet:///host:port,host:port". */
final class EndpointResolverProvider extends NameResolverProvider {
  private static final String SCHEME = "trivet";
  private static final Pattern COMMA = Pattern.compile(",");

  static String target(List<Endpoint> endpoints) {
    String list = String.join(",", endpoints.stream().map(Endpoint::toString).toList());
    return SCHEME + ":///" + URLEncoder.encode(list, StandardCharsets.UTF_8);
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /** Below DNS, so that the default scheme stays what it was. */
  @Override
  protected int priority() {
    return 4;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    List<Endpoint> endpoints =
        COMMA.splitAsStream(target.getPath().substring(1)).map(Endpoint::parse).toList();
    return new EndpointResolver(endpoints, args);
  }
}

package dev.trivet.api.etcd;

import dev.trivet.errors.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** The URLs by which etcd's API names a member's peer address. */
final class PeerUrls {
  private PeerUrls() {}

  /**
   * Host and port of each.
   *
   * @throws dev.trivet.errors.TrivetException BAD_MEMBER_URLS when there is none, or one is not
   *     scheme, host and port and nothing else
   */
  static List<String> addresses(List<String> urls) {
    if (urls.isEmpty()) {
      throw ErrorCode.BAD_MEMBER_URLS.exception();
    }
    return urls.stream().map(PeerUrls::address).toList();
  }

  private static String address(String url) {
    URI parsed;
    try {
      parsed = new URI(url);
    } catch (URISyntaxException e) {
      throw ErrorCode.BAD_MEMBER_URLS.exception(ErrorCode.BAD_MEMBER_URLS.text(), e);
    }
    boolean isHttp = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
    String path = parsed.getPath();
    if (!isHttp
        || parsed.getHost() == null
        || parsed.getPort() <= 0
        || (path != null && !path.isEmpty())) {
      throw ErrorCode.BAD_MEMBER_URLS.exception();
    }
    return parsed.getHost() + ":" + parsed.getPort();
  }
}

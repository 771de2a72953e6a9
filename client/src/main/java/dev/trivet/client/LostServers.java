package dev.trivet.client;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;

/**
 * Has the kernel find out that a server is gone, and not only its process: nobody ends the
 * connections then, and calls under way would wait for gRPC's own keepalive, which asks every ten
 * seconds at most.
 *
 * <p>Only the other server's kernel must answer, so a node that pauses keeps its connections. Where
 * Netty has no native transport nothing is set.
 */
final class LostServers {
  /** What was sent and not confirmed for so long was sent to nobody. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** A connection that is silent for so long is asked, and asked again after as long. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private LostServers() {}

  static NettyChannelBuilder noticed(NettyChannelBuilder channel) {
    if (!Epoll.isAvailable()) {
      return channel;
    }
    int seconds = (int) SILENCE.toSeconds();
    return channel
        .withOption(EpollChannelOption.TCP_KEEPIDLE, seconds)
        .withOption(EpollChannelOption.TCP_KEEPINTVL, seconds)
        .withOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) PATIENCE.toMillis());
  }
}

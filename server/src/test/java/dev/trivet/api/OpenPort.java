package dev.trivet.api;

import dev.trivet.api.port.ClientPort;
import dev.trivet.api.port.Served;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** A client port of some services behind some interceptors, and a channel to it. */
public final class OpenPort implements AutoCloseable {
  private final ClientPort port;
  private final ManagedChannel channel;

  private OpenPort(ClientPort port, ManagedChannel channel) {
    this.port = port;
    this.channel = channel;
  }

  public static OpenPort of(List<BindableService> services, List<ServerInterceptor> interceptors)
      throws IOException {
    ClientPort port =
        new ClientPort(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Served(services, interceptors, Map.of(), Map.of()));
    port.start();
    return new OpenPort(
        port, NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build());
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** Its number. */
  public int number() {
    return port.port();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    port.close();
  }
}

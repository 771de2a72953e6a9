package dev.trivet.peer;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads that read and write all connections of this process: those of clients and those to
 * and from other nodes. A request that passes from one connection to another on the way to the
 * leader, and its answer on the way back, stay on one thread, where two groups would wake each
 * other at every step.
 *
 * <p>Nothing that waits may run on them.
 */
public final class NetworkLoops {
  // The other half of the cores is the log's, the state machine's and the calls' that may wait.
  private static final int CORES_PER_LOOP = 2;

  private NetworkLoops() {}

  /** The group, which lives as long as the process. */
  public static EventLoopGroup group() {
    return Holder.GROUP;
  }

  /** One thread of the group, always the same. */
  public static EventLoop one() {
    return Holder.ONE;
  }

  private static final class Holder {
    static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, Runtime.getRuntime().availableProcessors() / CORES_PER_LOOP),
            new DefaultThreadFactory("network", true),
            EpollIoHandler.newFactory());
    static final EventLoop ONE = GROUP.next();
  }
}

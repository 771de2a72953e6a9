package dev.trivet.bench.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection with gRPC calls on it. What is sent while frames are being read goes out
 * with one system call when all that came is read.
 *
 * <p>Windows: the other side may send without limit, since all that comes is consumed at once; what
 * does not fit into the other side's windows waits in the order in which it was sent, behind a
 * stream that is full too.
 *
 * <p>Owned by the client's thread: every method is to be called there.
 */
public final class WireConnection extends ByteToMessageDecoder {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 32;

  private static final int SETTING_HEADER_TABLE = 1;
  private static final int SETTING_PUSH = 2;
  private static final int SETTING_STREAMS = 3;
  private static final int SETTING_WINDOW = 4;

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final int HEAD_BYTES = 9;
  private static final int LARGEST_FRAME_BYTES = 16_384;
  private static final int FIRST_WINDOW_BYTES = 65_535;
  private static final int STREAM_WINDOW_BYTES = 16 << 20;

  private final String authority;
  private final Access access;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Map<String, Http2Headers> requests = new HashMap<>();
  private final IntObjectHashMap<WireCall> calls = new IntObjectHashMap<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private @Nullable ChannelHandlerContext context;
  private int nextStream = 1;
  private int sendWindow = FIRST_WINDOW_BYTES;
  private int streamWindow = FIRST_WINDOW_BYTES;
  private long mostStreams = Long.MAX_VALUE;
  private int taken;
  private boolean isReading;
  private boolean isFlushPlanned;
  private String broken = "";

  /** A header block whose rest comes in further frames. */
  private @Nullable ByteBuf openBlock;

  private boolean isOpenBlockLast;

  /** Bytes of a stream that the windows do not let out yet. */
  private record Waiting(WireCall call, ByteBuf data, boolean isLast) {}

  WireConnection(String authority, Access access) {
    this.authority = authority;
    this.access = access;
  }

  /**
   * Begins a call with its only message.
   *
   * @param method "package.Service/Method", as generated code names it
   */
  public void unary(String method, byte[] message, Receiver receiver) {
    WireCall call = begin(method, receiver);
    if (call != null) {
      sendMessage(call, message, true);
    }
  }

  /** Begins a call on which messages are sent until it ends; null if the connection is broken. */
  public @Nullable WireCall open(String method, Receiver receiver) {
    return begin(method, receiver);
  }

  private @Nullable WireCall begin(String method, Receiver receiver) {
    if (context == null || !broken.isEmpty()) {
      receiver.ended(broken.isEmpty() ? "not connected" : broken);
      return null;
    }
    if (calls.size() >= mostStreams) {
      receiver.ended("the server takes " + mostStreams + " calls on a connection: use more");
      return null;
    }
    WireCall call = new WireCall(this, nextStream, receiver, streamWindow);
    nextStream += 2;
    calls.put(call.stream, call);
    Http2Headers headers = requests.computeIfAbsent(method, this::request);
    ByteBuf frame = context.alloc().buffer(256);
    frame.writeZero(HEAD_BYTES);
    try {
      encoder.encodeHeaders(call.stream, headers, frame);
    } catch (Http2Exception e) {
      throw new IllegalStateException("the request's headers cannot be encoded", e);
    }
    int end = frame.writerIndex();
    frame.writerIndex(0);
    head(frame, end - HEAD_BYTES, HEADERS, END_HEADERS, call.stream);
    write(frame.writerIndex(end));
    return call;
  }

  private Http2Headers request(String method) {
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme(access.encryption() == null ? "http" : "https")
            .path("/" + method)
            .authority(authority)
            .set("content-type", "application/grpc")
            .set("user-agent", "trivet-bench")
            .set("te", "trailers");
    return access.token().isEmpty() ? headers : headers.set("token", access.token());
  }

  void sendMessage(WireCall call, byte[] message, boolean isLast) {
    if (context == null || !broken.isEmpty()) {
      return;
    }
    int bytes = message.length + 5;
    if (waiting.isEmpty()
        && bytes <= sendWindow
        && bytes <= call.sendWindow
        && bytes <= LARGEST_FRAME_BYTES) {
      ByteBuf frame = context.alloc().buffer(HEAD_BYTES + bytes);
      head(frame, bytes, DATA, isLast ? END_STREAM : 0, call.stream);
      write(frame.writeByte(0).writeInt(message.length).writeBytes(message));
      sendWindow -= bytes;
      call.sendWindow -= bytes;
    } else {
      ByteBuf data = context.alloc().buffer(bytes);
      waiting.add(
          new Waiting(
              call, data.writeByte(0).writeInt(message.length).writeBytes(message), isLast));
      sendWaiting();
    }
  }

  private void sendWaiting() {
    ChannelHandlerContext to = context;
    while (to != null && !waiting.isEmpty()) {
      Waiting next = waiting.element();
      int most = Math.min(LARGEST_FRAME_BYTES, Math.min(sendWindow, next.call().sendWindow));
      int bytes = Math.min(most, next.data().readableBytes());
      boolean isOver = calls.get(next.call().stream) != next.call();
      if (bytes <= 0 && !isOver) {
        return;
      }
      if (!isOver) {
        boolean isEnd = next.isLast() && bytes == next.data().readableBytes();
        ByteBuf frame = to.alloc().buffer(HEAD_BYTES + bytes);
        head(frame, bytes, DATA, isEnd ? END_STREAM : 0, next.call().stream);
        write(frame.writeBytes(next.data(), bytes));
        sendWindow -= bytes;
        next.call().sendWindow -= bytes;
      }
      if (isOver || !next.data().isReadable()) {
        waiting.remove().data().release();
      }
    }
  }

  private static void head(ByteBuf frame, int bytes, int type, int flags, int stream) {
    frame.writeMedium(bytes).writeByte(type).writeByte(flags).writeInt(stream);
  }

  private void write(ByteBuf frame) {
    ChannelHandlerContext to = context;
    if (to == null) {
      frame.release();
      return;
    }
    var _ = to.write(frame);
    if (!isReading && !isFlushPlanned) {
      isFlushPlanned = true;
      to.executor()
          .execute(
              () -> {
                isFlushPlanned = false;
                to.flush();
              });
    }
  }

  private void writeNumber(int type, int stream, int number) {
    if (context != null) {
      ByteBuf frame = context.alloc().buffer(HEAD_BYTES + 4);
      head(frame, 4, type, 0, stream);
      write(frame.writeInt(number));
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    ByteBuf hello = ctx.alloc().buffer(128).writeBytes(PREFACE);
    head(hello, 12, SETTINGS, 0, 0);
    hello.writeShort(SETTING_PUSH).writeInt(0);
    hello.writeShort(SETTING_WINDOW).writeInt(STREAM_WINDOW_BYTES);
    write(hello);
    writeNumber(WINDOW_UPDATE, 0, Integer.MAX_VALUE - FIRST_WINDOW_BYTES);
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    isReading = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    isReading = false;
    ctx.flush();
    super.channelReadComplete(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws Http2Exception {
    while (in.readableBytes() >= HEAD_BYTES) {
      int at = in.readerIndex();
      int bytes = in.getUnsignedMedium(at);
      if (in.readableBytes() < HEAD_BYTES + bytes) {
        return;
      }
      int type = in.getByte(at + 3);
      int flags = in.getUnsignedByte(at + 4);
      int stream = in.getInt(at + 5);
      in.skipBytes(HEAD_BYTES);
      int end = in.readerIndex() + bytes;
      accept(type, flags, stream, in.slice(in.readerIndex(), bytes));
      in.readerIndex(end);
    }
  }

  private void accept(int type, int flags, int stream, ByteBuf body) throws Http2Exception {
    switch (type) {
      case DATA -> acceptData(flags, stream, body);
      case HEADERS -> {
        unpad(flags, body);
        body.skipBytes((flags & PRIORITY) != 0 ? 5 : 0);
        isOpenBlockLast = (flags & END_STREAM) != 0;
        acceptBlock(flags, stream, body);
      }
      case CONTINUATION -> acceptBlock(flags, stream, body);
      case RST_STREAM -> end(stream, "the server reset the call: " + body.readInt());
      case SETTINGS -> acceptSettings(flags, body);
      case PING -> {
        if ((flags & ACK) == 0 && context != null) {
          ByteBuf frame = context.alloc().buffer(HEAD_BYTES + 8);
          head(frame, 8, PING, ACK, 0);
          write(frame.writeBytes(body));
        }
      }
      case GOAWAY -> breakOff("the server goes away: " + body.toString(US_ASCII));
      case WINDOW_UPDATE -> acceptWindow(stream, body.readInt());
      default -> {}
    }
  }

  private static void unpad(int flags, ByteBuf body) {
    if ((flags & PADDED) != 0) {
      int padding = body.readUnsignedByte();
      body.writerIndex(body.writerIndex() - padding);
    }
  }

  private void acceptData(int flags, int stream, ByteBuf body) {
    int bytes = body.readableBytes();
    taken += bytes;
    if (taken > STREAM_WINDOW_BYTES) {
      writeNumber(WINDOW_UPDATE, 0, taken);
      taken = 0;
    }
    unpad(flags, body);
    WireCall call = calls.get(stream);
    if (call != null) {
      call.taken += bytes;
      if (call.taken > STREAM_WINDOW_BYTES / 2) {
        writeNumber(WINDOW_UPDATE, stream, call.taken);
        call.taken = 0;
      }
      call.accept(body);
    }
    if ((flags & END_STREAM) != 0) {
      end(stream, "the call ended without a status");
    }
  }

  private void acceptBlock(int flags, int stream, ByteBuf part) throws Http2Exception {
    boolean isWhole = (flags & END_HEADERS) != 0;
    if (openBlock != null || !isWhole) {
      openBlock = (openBlock == null ? part.alloc().buffer() : openBlock).writeBytes(part);
    }
    if (!isWhole) {
      return;
    }
    ByteBuf block = openBlock == null ? part : openBlock;
    Http2Headers headers = decoder.decodeHeaders(stream, block);
    if (openBlock != null) {
      openBlock.release();
      openBlock = null;
    }
    if (isOpenBlockLast) {
      CharSequence status = headers.get("grpc-status");
      end(
          stream,
          status != null && status.length() == 1 && status.charAt(0) == '0'
              ? ""
              : "code " + status + ": " + headers.get("grpc-message"));
    }
  }

  private void acceptSettings(int flags, ByteBuf body) throws Http2Exception {
    if ((flags & ACK) != 0) {
      return;
    }
    while (body.readableBytes() >= 6) {
      int name = body.readUnsignedShort();
      long value = body.readUnsignedInt();
      switch (name) {
        case SETTING_HEADER_TABLE -> encoder.maxHeaderTableSize(Math.min(value, 4096));
        case SETTING_STREAMS -> mostStreams = value;
        case SETTING_WINDOW -> {
          int change = (int) value - streamWindow;
          streamWindow = (int) value;
          calls.values().forEach(call -> call.sendWindow += change);
        }
        default -> {}
      }
    }
    if (context != null) {
      ByteBuf frame = context.alloc().buffer(HEAD_BYTES);
      head(frame, 0, SETTINGS, ACK, 0);
      write(frame);
    }
    sendWaiting();
  }

  private void acceptWindow(int stream, int more) {
    if (stream == 0) {
      sendWindow += more;
    } else {
      WireCall call = calls.get(stream);
      if (call != null) {
        call.sendWindow += more;
      }
    }
    sendWaiting();
  }

  private void end(int stream, String failure) {
    WireCall call = calls.remove(stream);
    if (call != null) {
      call.release();
      call.receiver.ended(failure);
    }
  }

  private void breakOff(String why) {
    if (!broken.isEmpty()) {
      return;
    }
    broken = authority + ": " + why;
    List<WireCall> open = List.copyOf(calls.values());
    open.forEach(call -> end(call.stream, broken));
    waiting.forEach(each -> each.data().release());
    waiting.clear();
    if (context != null) {
      var _ = context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    breakOff("the connection ended");
    encoder.close();
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    breakOff(String.valueOf(cause));
  }
}

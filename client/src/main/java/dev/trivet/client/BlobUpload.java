package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.api.BlobsGrpc;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.api.PutBlobRequest;
import dev.trivet.proto.api.PutBlobResponse;
import dev.trivet.proto.blobs.Manifest;
import io.grpc.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * One attempt to store a blob. The node commits after the end of the stream and never before, so a
 * failure until then is known to have applied nothing.
 */
final class BlobUpload {
  private static final int MESSAGE_BYTES = 256 << 10;

  /** How long no byte may move; the answer waits for the disks of a majority. */
  private static final Duration STALL_LIMIT = Duration.ofSeconds(30);

  private final Channel channel;
  private final Patience patience;

  BlobUpload(Channel channel, Patience patience) {
    this.channel = channel;
    this.patience = patience;
  }

  Manifest send(PutBlobHeader header, InputStream content) throws IOException {
    MessageDigest digest = Digests.sha256();
    try (ByteCall<PutBlobRequest, PutBlobResponse> call =
        new ByteCall<>(channel, BlobsGrpc.getPutBlobMethod(), STALL_LIMIT)) {
      call.start();
      boolean wasTaken = call.send(PutBlobRequest.newBuilder().setHeader(header).build());
      while (wasTaken) {
        byte[] bytes = content.readNBytes(MESSAGE_BYTES);
        if (bytes.length == 0) {
          break;
        }
        digest.update(bytes);
        wasTaken =
            call.send(PutBlobRequest.newBuilder().setData(ByteString.copyFrom(bytes)).build());
        patience.renew();
      }
      if (wasTaken) {
        call.halfClose();
      }
      PutBlobResponse answer = call.receive(wasTaken);
      if (answer == null) {
        throw ErrorCode.OUTCOME_UNKNOWN.exception("the node ended the put without an answer");
      }
      if (!wasTaken) {
        throw ErrorCode.INTERNAL.exception("the node answered a put before its end");
      }
      String name = header.getBucket() + "/" + header.getKey();
      Digests.require(digest, answer.getManifest().getSha256(), "what was sent as " + name);
      return answer.getManifest();
    }
  }
}

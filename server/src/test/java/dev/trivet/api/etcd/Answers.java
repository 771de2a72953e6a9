package dev.trivet.api.etcd;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.MemberAddRequest;
import dev.trivet.proto.etcd.MemberPromoteRequest;
import dev.trivet.proto.etcd.MemberRemoveRequest;
import dev.trivet.proto.etcd.MemberUpdateRequest;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.TxnRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;

/** What a server answers to a request of etcd's API, in a form that two servers agree on. */
final class Answers {
  private Answers() {}

  /** The answer as text, or the code and text of the refusal. Who answered is left out. */
  static String to(Message request, Channel channel) {
    try {
      return TextFormat.printer().printToString(masked(call(request, channel)));
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  private static Message call(Message request, Channel channel) {
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(channel);
    LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
    ClusterGrpc.ClusterBlockingStub cluster = ClusterGrpc.newBlockingStub(channel);
    return switch (request) {
      case RangeRequest range -> keys.range(range);
      case PutRequest put -> keys.put(put);
      case DeleteRangeRequest delete -> keys.deleteRange(delete);
      case TxnRequest txn -> keys.txn(txn);
      case CompactionRequest compact -> keys.compact(compact);
      case LeaseGrantRequest grant -> leases.leaseGrant(grant);
      case LeaseRevokeRequest revoke -> leases.leaseRevoke(revoke);
      case LeaseTimeToLiveRequest live -> withoutTime(leases.leaseTimeToLive(live));
      case MemberAddRequest add -> cluster.memberAdd(add);
      case MemberRemoveRequest remove -> cluster.memberRemove(remove);
      case MemberUpdateRequest update -> cluster.memberUpdate(update);
      case MemberPromoteRequest promote -> cluster.memberPromote(promote);
      case MoveLeaderRequest move -> MaintenanceGrpc.newBlockingStub(channel).moveLeader(move);
      default -> throw new IllegalArgumentException("no call takes " + request.getClass());
    };
  }

  /** How much of its time a lease has left differs; that it has some does not. */
  private static Message withoutTime(LeaseTimeToLiveResponse response) {
    return response.toBuilder().setTTL(Long.signum(response.getTTL())).build();
  }

  /** Leaves out of every header who answered and in which term. */
  static Message masked(Message message) {
    if (message instanceof ResponseHeader header) {
      return header.toBuilder().clearClusterId().clearMemberId().clearRaftTerm().build();
    }
    Message.Builder builder = message.toBuilder();
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.getKey().isRepeated()) {
        List<?> values = (List<?>) field.getValue();
        for (int i = 0; i < values.size(); i++) {
          builder.setRepeatedField(field.getKey(), i, masked((Message) values.get(i)));
        }
      } else {
        builder.setField(field.getKey(), masked((Message) field.getValue()));
      }
    }
    return builder.build();
  }
}

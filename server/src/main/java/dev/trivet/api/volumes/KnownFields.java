package dev.trivet.api.volumes;

import com.google.protobuf.Message;
import dev.trivet.errors.ErrorCode;
import java.util.List;

/**
 * Refuses messages with fields that this version does not know. They would go into the log as they
 * are, and a newer node would read out of them what an older one does not: the two would differ.
 */
final class KnownFields {
  private KnownFields() {}

  static void require(Message message) {
    if (!message.getUnknownFields().isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "this node's version does not know the fields "
              + message.getUnknownFields().asMap().keySet()
              + " of "
              + message.getDescriptorForType().getFullName());
    }
    for (Object value : message.getAllFields().values()) {
      if (value instanceof Message inner) {
        require(inner);
      } else if (value instanceof List<?> many) {
        for (Object one : many) {
          if (one instanceof Message inner) {
            require(inner);
          }
        }
      }
    }
  }
}

package dev.trivet.plugin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.client.ByteSize;
import dev.trivet.errors.ErrorCode;
import java.util.Map;

/**
 * What {@code driver_opts} of a stack file, or {@code docker volume create --opt}, may say.
 *
 * @param quotaBytes the most that the volume's files may hold; 0 is no limit
 */
record DriverOptions(long quotaBytes) {
  private static final String QUOTA = "quota";

  /**
   * Reads the options.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if one is unknown or malformed
   */
  static DriverOptions of(Struct options) {
    long quotaBytes = 0;
    for (Map.Entry<String, Value> option : options.getFieldsMap().entrySet()) {
      if (!option.getKey().equals(QUOTA)) {
        throw ErrorCode.INVALID_ARGUMENT.exception(
            "unknown option '"
                + option.getKey()
                + "': the only one is "
                + QUOTA
                + ", as 500m or 1g");
      }
      quotaBytes = ByteSize.parse(option.getValue().getStringValue());
    }
    return new DriverOptions(quotaBytes);
  }
}

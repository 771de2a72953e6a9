package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.api.CreateVolumeRequest;
import dev.trivet.proto.api.DeleteVolumeRequest;
import dev.trivet.proto.api.GetVolumeRequest;
import dev.trivet.proto.api.ListVolumesRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.log.VolumeRecord;
import java.util.List;

/**
 * The volumes by their names; what is inside one is seen through a mount. All methods block, for at
 * most {@link TrivetClient#DEADLINE}, and throw {@link dev.trivet.errors.TrivetException}.
 */
public final class Volumes {
  private final Attempts attempts;

  Volumes(Wire wire) {
    this.attempts = new Attempts(wire, TrivetClient.DEADLINE);
  }

  /**
   * Makes an empty volume.
   *
   * @param quotaBytes the most that its files may hold together; 0 is no limit
   * @param ifAbsent true: a volume of this name that exists is the answer, as it is, quota included
   * @throws dev.trivet.errors.TrivetException VOLUME_EXISTS if there is one and that is no success
   */
  public VolumeRecord create(String name, long quotaBytes, boolean ifAbsent) {
    if (quotaBytes < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "the quota is " + quotaBytes + " bytes, at least 0 is needed (0: no limit)");
    }
    return attempts
        .write(
            VolumesGrpc.getCreateVolumeMethod(),
            CreateVolumeRequest.newBuilder()
                .setName(name)
                .setQuotaBytes(quotaBytes)
                .setIfAbsent(ifAbsent)
                .build())
        .getVolume();
  }

  /**
   * Deletes a volume with all that is in it.
   *
   * @throws dev.trivet.errors.TrivetException VOLUME_IN_USE while it is mounted
   */
  public void delete(String name) {
    attempts.write(
        VolumesGrpc.getDeleteVolumeMethod(),
        DeleteVolumeRequest.newBuilder().setName(name).build());
  }

  /**
   * One volume.
   *
   * @throws dev.trivet.errors.TrivetException VOLUME_NOT_FOUND
   */
  public VolumeRecord get(String name) {
    return attempts
        .read(VolumesGrpc.getGetVolumeMethod(), GetVolumeRequest.newBuilder().setName(name).build())
        .getVolume();
  }

  /** Every volume, by name. */
  public List<VolumeRecord> list() {
    return attempts
        .read(VolumesGrpc.getListVolumesMethod(), ListVolumesRequest.getDefaultInstance())
        .getVolumesList();
  }
}

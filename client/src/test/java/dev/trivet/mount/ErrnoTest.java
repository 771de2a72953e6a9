package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.Errno;
import dev.trivet.errors.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrnoTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void noRefusalMakesTheKernelGiveACallUpForEver(ErrorCode code) {
    assertThat(VolumeFileSystem.errno(code)).isPositive().isNotEqualTo(Errno.ENOSYS);
  }
}

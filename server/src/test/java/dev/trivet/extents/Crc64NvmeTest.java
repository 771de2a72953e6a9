package dev.trivet.extents;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class Crc64NvmeTest {
  @Test
  void theCheckValueIsThatOfTheCatalogue() {
    assertThat(Bytes.crc64("123456789".getBytes(US_ASCII))).isEqualTo(0xAE8B14860A799888L);
    assertThat(Bytes.crc64(new byte[0])).isZero();
  }

  @Test
  void theValueDoesNotDependOnHowTheBytesAreCut() {
    Random random = new Random(7);
    byte[] bytes = Bytes.random(random, 100_000);
    Crc64Nvme cut = new Crc64Nvme();

    int at = 0;
    while (at < bytes.length) {
      int step = Math.min(bytes.length - at, random.nextInt(40));
      cut.update(bytes, at, step);
      at += step;
    }

    assertThat(cut.value()).isEqualTo(Bytes.crc64(bytes));
  }
}

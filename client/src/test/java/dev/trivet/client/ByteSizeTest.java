package dev.trivet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.TrivetException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "17,17",
    "1k,1024",
    "500M,524288000",
    "2g,2147483648",
    "9223372036854775807,9223372036854775807"
  })
  void aUnitIsAPowerOf1024(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "1x", "-1", "1.5g", "1 g", "9223372036854775808", "8192p"})
  void whatHasAnotherFormOrIsTooLargeIsRefusedWithWhatWasSeen(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining("'" + text + "'");
  }
}

package dev.trivet.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.workload.Registers.Reads;
import org.junit.jupiter.api.Test;

class RegistersTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("key");

  @Test
  void onlyReadsThatAreToBreakThePromiseTakeWhatANodeHasAtHand() {
    assertThat(Registers.question(KEY, Reads.LINEARIZABLE).getSerializable()).isFalse();
    assertThat(Registers.question(KEY, Reads.SERIALIZABLE).getSerializable()).isTrue();
  }
}

package dev.trivet.plugin.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import org.junit.jupiter.api.Test;

final class DriverContainerTest {
  @Test
  void theRequestIsJsonThatGivesTheDriverWhatAMountNeeds() throws Exception {
    var container = new DriverContainer("a\"b\\c:1", "10.0.0.1:2379,10.0.0.2:2379");

    Struct.Builder request = Struct.newBuilder();
    JsonFormat.parser().merge(container.createBody(), request);

    assertThat(request.getFieldsOrThrow("Image").getStringValue()).isEqualTo("a\"b\\c:1");
    Struct host = request.getFieldsOrThrow("HostConfig").getStructValue();
    assertThat(host.getFieldsOrThrow("CapAdd").getListValue().getValuesList())
        .extracting(Value::getStringValue)
        .containsExactly("SYS_ADMIN");
    assertThat(host.getFieldsOrThrow("Devices").toString()).contains("/dev/fuse");
    assertThat(host.getFieldsOrThrow("Binds").toString())
        .contains("/var/lib/docker-plugins:/var/lib/docker-plugins:rshared");
  }

  @Test
  void theRequestCarriesTheLabelByWhichItIsFoundAgain() {
    var container = new DriverContainer("trivet:1", "n1:2379");

    assertThat(container.createBody()).contains(container.label());
  }

  @Test
  void aContainerOfOtherSettingsIsToldApart() {
    var container = new DriverContainer("trivet:1", "n1:2379");

    assertThat(container.label())
        .isEqualTo(new DriverContainer("trivet:1", "n1:2379").label())
        .isNotEqualTo(new DriverContainer("trivet:2", "n1:2379").label())
        .isNotEqualTo(new DriverContainer("trivet:1", "n2:2379").label());
  }

  @Test
  void endpointsWithoutAPortAreRefused() {
    assertThatThrownBy(() -> new DriverContainer("trivet:1", "n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'n1'");
  }

  @Test
  void onlyADriverForVolumesCountsAsAnnounced() {
    assertThat(VolumeAgent.knowsDriver("{\"Plugins\":{\"Volume\":[\"local\",\"trivet\"]}}"))
        .isTrue();
    assertThat(VolumeAgent.knowsDriver("{\"Plugins\":{\"Volume\":[\"local\"]},\"X\":[\"trivet\"]}"))
        .isFalse();
  }
}

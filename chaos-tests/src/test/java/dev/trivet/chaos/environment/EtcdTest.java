package dev.trivet.chaos.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EtcdTest {
  private static final Etcd.Site FIRST = new Etcd.Site("n1", "127.0.1.1", "127.0.2.1", 1, 2);
  private static final Etcd.Site SECOND = new Etcd.Site("n2", "127.0.1.2", "127.0.2.2", 1, 2);

  @Test
  void aMemberIsReachedByAnotherAddressThanItListensAt() {
    List<String> command = Etcd.command(FIRST, List.of(FIRST, SECOND), Path.of("/data"));

    assertThat(command)
        .containsSequence("--listen-peer-urls", "http://127.0.2.1:1")
        .containsSequence("--initial-advertise-peer-urls", "http://127.0.1.1:1")
        .containsSequence("--listen-client-urls", "http://127.0.2.1:2")
        .containsSequence("--initial-cluster", "n1=http://127.0.1.1:1,n2=http://127.0.1.2:1");
  }

  @Test
  void nothingOfWhatEtcdPromisesIsSwitchedOff() {
    List<String> command = Etcd.command(FIRST, List.of(FIRST, SECOND), Path.of("/data"));

    assertThat(command).noneMatch(word -> word.contains("unsafe"));
  }
}

package dev.trivet.demo;

import com.google.protobuf.ByteString;
import dev.trivet.client.Keys;
import dev.trivet.client.Prefixes;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what the cluster holds with what it said to the writers. */
final class KeyProof {
  private static final int PAGE = 1_000;
  private static final int MOST_FAULTS = 5;
  private static final ByteString AFTER = ByteString.copyFrom(new byte[] {0});

  private final Writers writers;
  private final List<String> faults = new ArrayList<>();

  private KeyProof(Writers writers) {
    this.writers = writers;
  }

  /**
   * What contradicts the answers: an acknowledged write that is not there, or is there twice, or
   * with another value; a refused write that is there.
   */
  static List<String> faults(Writers writers, Keys keys) {
    KeyProof proof = new KeyProof(writers);
    proof.compare(all(keys));
    return List.copyOf(proof.faults);
  }

  /** Every key of the writers, at one revision. */
  private static Map<ByteString, KeyValue> all(Keys keys) {
    Map<ByteString, KeyValue> found = new HashMap<>();
    ByteString prefix = ByteString.copyFromUtf8(Writers.PREFIX);
    ByteString from = prefix;
    long revision = 0;
    boolean isMore = true;
    while (isMore) {
      RangeResponse page =
          keys.range(
              RangeRequest.newBuilder()
                  .setKey(from)
                  .setRangeEnd(Prefixes.end(prefix))
                  .setLimit(PAGE)
                  .setRevision(revision)
                  .build());
      for (KeyValue pair : page.getKvsList()) {
        found.put(pair.getKey(), pair);
        from = pair.getKey().concat(AFTER);
      }
      revision = revision == 0 ? page.getHeader().getRevision() : revision;
      isMore = page.getMore();
    }
    return found;
  }

  private void compare(Map<ByteString, KeyValue> found) {
    writers
        .acknowledged()
        .forEach(
            (number, revision) -> {
              KeyValue pair = found.remove(Writers.key(number));
              if (pair == null) {
                fault("number " + number + ", acknowledged at revision " + revision + ", is lost");
              } else if (pair.getVersion() != 1
                  || pair.getModRevision() != revision
                  || !pair.getValue().equals(Writers.value(number))) {
                fault(
                    "number %d was acknowledged at revision %d, there is '%s' at %d, version %d"
                        .formatted(
                            number,
                            revision,
                            pair.getValue().toStringUtf8(),
                            pair.getModRevision(),
                            pair.getVersion()));
              }
            });
    writers.unknown().forEach(number -> found.remove(Writers.key(number)));
    writers
        .refused()
        .forEach(
            number -> {
              if (found.remove(Writers.key(number)) != null) {
                fault("number " + number + " was said not to be applied, and is there");
              }
            });
    found.keySet().forEach(key -> fault(key.toStringUtf8() + " is there, nobody wrote it"));
  }

  private void fault(String text) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(text);
    }
  }
}

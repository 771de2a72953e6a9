package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.Compare.CompareResult;
import dev.trivet.proto.etcd.Compare.CompareTarget;
import java.util.function.BiConsumer;

/** What a transaction may ask of a key before it does anything. */
public final class Compares {
  private Compares() {}

  /** The key is there. */
  public static Compare exists(ByteString key) {
    return createRevision(key).notEqualTo(0L);
  }

  /** There is no such key. */
  public static Compare absent(ByteString key) {
    return createRevision(key).equalTo(0L);
  }

  /** Number of changes since the key was created; 0 if there is none. */
  public static Of<Long> version(ByteString key) {
    return new Of<>(key, CompareTarget.VERSION, Compare.Builder::setVersion);
  }

  /** 0 if there is no such key. */
  public static Of<Long> createRevision(ByteString key) {
    return new Of<>(key, CompareTarget.CREATE, Compare.Builder::setCreateRevision);
  }

  /** The revision of the last change; 0 if there is no such key. */
  public static Of<Long> modRevision(ByteString key) {
    return new Of<>(key, CompareTarget.MOD, Compare.Builder::setModRevision);
  }

  /** Never holds for a key that is not there. Bytes are compared as unsigned numbers. */
  public static Of<ByteString> value(ByteString key) {
    return new Of<>(key, CompareTarget.VALUE, Compare.Builder::setValue);
  }

  /** The id of the key's lease; 0 for none. */
  public static Of<Long> lease(ByteString key) {
    return new Of<>(key, CompareTarget.LEASE, Compare.Builder::setLease);
  }

  /** One side of a comparison. */
  public static final class Of<T> {
    private final ByteString key;
    private final CompareTarget target;
    private final BiConsumer<Compare.Builder, T> setter;

    private Of(ByteString key, CompareTarget target, BiConsumer<Compare.Builder, T> setter) {
      this.key = key;
      this.target = target;
      this.setter = setter;
    }

    public Compare equalTo(T other) {
      return is(CompareResult.EQUAL, other);
    }

    public Compare notEqualTo(T other) {
      return is(CompareResult.NOT_EQUAL, other);
    }

    public Compare greaterThan(T other) {
      return is(CompareResult.GREATER, other);
    }

    public Compare lessThan(T other) {
      return is(CompareResult.LESS, other);
    }

    private Compare is(CompareResult result, T other) {
      Compare.Builder compare =
          Compare.newBuilder().setKey(key).setTarget(target).setResult(result);
      setter.accept(compare, other);
      return compare.build();
    }
  }

  /** The same compare for every key below a prefix: it must hold for all of them. */
  public static Compare forPrefix(Compare compare) {
    return compare.toBuilder()
        .setKey(Prefixes.first(compare.getKey()))
        .setRangeEnd(Prefixes.end(compare.getKey()))
        .build();
  }
}

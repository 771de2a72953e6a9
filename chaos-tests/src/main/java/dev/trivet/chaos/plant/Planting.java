package dev.trivet.chaos.plant;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Edits classes as they are loaded, and remembers which: a virtual machine takes what a transformer
 * throws for a class that is to stay as it is, and says nothing.
 */
final class Planting implements ClassFileTransformer {
  private final Map<String, List<Edit>> edits;
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<String, Throwable> failed = new ConcurrentHashMap<>();

  Planting(Plant plant) {
    this.edits = plant.edits().stream().collect(Collectors.groupingBy(Edit::owner));
  }

  /** The classes that it is about. */
  Set<String> owners() {
    return edits.keySet();
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] original) {
    String owner = name == null ? "" : name.replace('/', '.');
    List<Edit> wanted = edits.get(owner);
    if (wanted == null || loader == null) {
      return null;
    }
    try {
      byte[] changed = Edit.apply(wanted, original, loader);
      done.add(owner);
      return changed;
    } catch (RuntimeException | Error e) {
      failed.put(owner, e);
      return null;
    }
  }

  /**
   * To be called when all of the classes were loaded.
   *
   * @throws IllegalStateException when one of them is as it was
   */
  void requireDone() {
    NavigableSet<String> left = new TreeSet<>(edits.keySet());
    left.removeAll(done);
    if (!left.isEmpty()) {
      String owner = left.first();
      throw new IllegalStateException(owner + " was not changed", failed.get(owner));
    }
  }
}

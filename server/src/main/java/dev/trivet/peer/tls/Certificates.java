package dev.trivet.peer.tls;

import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of a port, as its files have them: who shakes hands looks whether they changed,
 * at most once a second. While new files are bad or half replaced, the old ones stay in force.
 *
 * <p>Safe for any thread; no thread of its own.
 */
public final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TlsFiles files;
  private final InstantSource clock;
  private List<Stamp> stamps;
  private long lookedNanos = System.nanoTime();
  private volatile Generation current;

  /** Aliases name generations, so that a handshake that began with one ends with it. */
  record Generation(long number, Material material, @Nullable Generation before) {}

  /** How a file is known to be another one. */
  private record Stamp(long millis, long size, String identity) {}

  private Certificates(TlsFiles files, InstantSource clock, List<Stamp> stamps, Material first) {
    this.files = files;
    this.clock = clock;
    this.stamps = stamps;
    this.current = new Generation(1, first, null);
  }

  /**
   * Reads the files.
   *
   * @param clock whether a certificate is valid
   * @throws TrivetException INVALID_ARGUMENT when one is missing, unreadable, expired, or not the
   *     other's key: it names the file
   */
  public static Certificates read(TlsFiles files, InstantSource clock) {
    List<Stamp> stamps = stamps(files);
    return new Certificates(files, clock, stamps, load(files, clock));
  }

  /** Whether callers need certificates of the authority's. */
  public boolean isMutual() {
    return files.authority() != null;
  }

  /** Shows the certificate in force, at both ends of connections. */
  public X509ExtendedKeyManager keys() {
    return new LiveKeys(this);
  }

  /**
   * Trusts who the authority in force has signed.
   *
   * @throws IllegalStateException when there is none
   */
  public X509ExtendedTrustManager trust() {
    if (!isMutual()) {
      throw new IllegalStateException("no authority is given");
    }
    return new LiveTrust(this);
  }

  /** What is in force now. */
  Generation current() {
    look();
    return current;
  }

  /** A generation by its number; the current one if that is long gone. */
  Generation numbered(long number) {
    Generation newest = current;
    Generation before = newest.before();
    return before != null && before.number() == number ? before : newest;
  }

  private synchronized void look() {
    long now = System.nanoTime();
    if (now - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = now;
    List<Stamp> seen = stamps(files);
    if (seen.equals(stamps)) {
      return;
    }
    stamps = seen;
    try {
      Material changed = load(files, clock);
      Generation old = current;
      current =
          new Generation(
              old.number() + 1, changed, new Generation(old.number(), old.material(), null));
      LOG.info(
          "certificate {} was read again; it is valid until {}",
          files.certificate(),
          changed.chain().getFirst().getNotAfter());
    } catch (TrivetException e) {
      LOG.warn("the former certificate stays in force: {}", e.getMessage());
    }
  }

  private static Material load(TlsFiles files, InstantSource clock) {
    return Material.load(files, Date.from(clock.instant()));
  }

  private static List<Stamp> stamps(TlsFiles files) {
    List<Stamp> stamps = new ArrayList<>();
    stamps.add(stamp(files.certificate()));
    stamps.add(stamp(files.key()));
    Path authority = files.authority();
    if (authority != null) {
      stamps.add(stamp(authority));
    }
    return stamps;
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(
          found.lastModifiedTime().toMillis(), found.size(), String.valueOf(found.fileKey()));
    } catch (IOException _) {
      // Reading it will say why.
      return new Stamp(0, 0, "unreadable");
    }
  }
}

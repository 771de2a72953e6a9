package dev.trivet.foreign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that a distribution's package brings. Where it is not installed, the tests that need it
 * are skipped and say what to install; where the environment variable {@code CI} is set they fail,
 * so that a check that is meant to be whole cannot leave them out in silence.
 */
public enum ForeignProgram {
  CURL("curl", "curl"),
  ETCD("etcd", "etcd-server"),
  ETCDCTL("etcdctl", "etcd-client"),
  GCC("gcc", "gcc"),
  GIT("git", "git"),
  OPENSSL("openssl", "openssl"),
  PATRONI("patroni", "patroni"),
  PATRONICTL("patronictl", "patroni"),
  PSQL("psql", "postgresql-15"),
  /** Debian's python3, for modules of Debian's. */
  PYTHON("python3", "python3"),
  SETPRIV("setpriv", "util-linux"),
  SQLITE("sqlite3", "sqlite3");

  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"), Path.of("/bin"));

  private final String program;
  private final String debianPackage;

  ForeignProgram(String program, String debianPackage) {
    this.program = program;
    this.debianPackage = debianPackage;
  }

  /**
   * The program's path.
   *
   * @throws org.opentest4j.TestAbortedException when it is not installed, which skips the test
   * @throws AssertionError the same where {@code CI} is set
   */
  public Path require() {
    return require(FOLDERS, System.getenv("CI") != null);
  }

  Path require(List<Path> folders, boolean isWholeCheck) {
    for (Path folder : folders) {
      Path path = folder.resolve(program);
      if (Files.isExecutable(path)) {
        return path;
      }
    }
    String text =
        "%s is not installed: apt-get install %s (looked in %s)"
            .formatted(program, debianPackage, folders);
    if (isWholeCheck) {
      throw new AssertionError(text + "; CI is set, so it may not be left out");
    }
    return Assumptions.abort(text);
  }
}

package dev.trivet.chaos.plant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.chaos.fault.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is to be edited is there in the nodes' classes, and what comes out is code that runs. */
final class PlantsTest {
  static List<Plant> all() {
    return Plants.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void editedClassesAreTakenByAVirtualMachine(Plant plant) throws ReflectiveOperationException {
    Planting planting = new Planting(plant);
    ClassLoader nodes = new EditedClasses(planting);

    for (String owner : planting.owners()) {
      // Initialized, and so verified.
      assertThat(Class.forName(owner, true, nodes).getClassLoader()).isSameAs(nodes);
    }

    planting.requireDone();
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatFindsItIsThere(Plant plant) {
    assertThat(Faults.named(plant.hunt().faults())).isNotEmpty();
    assertThat(plant.hunt().workloads()).isNotEmpty();
    assertThat(plant.hunt().promises()).isNotEmpty();
  }

  @Test
  void namesAreDistinct() {
    assertThat(all()).extracting(Plant::name).doesNotHaveDuplicates().hasSize(10);
  }

  @Test
  void aNodeDoesNotStartWithAnEditOfAMethodThatIsNotThere() throws ReflectiveOperationException {
    Planting planting =
        new Planting(with(Edit.first("dev.trivet.lessor.LeaseClock", "no()V", _ -> {})));

    var _ = Class.forName("dev.trivet.lessor.LeaseClock", true, new EditedClasses(planting));

    assertThatThrownBy(planting::requireDone)
        .hasMessageContaining("dev.trivet.lessor.LeaseClock was not changed")
        .cause()
        .hasMessageContaining("has no method no()V");
  }

  @Test
  void aNodeDoesNotStartWithAnEditThatChangesNothing() throws ReflectiveOperationException {
    Planting planting =
        new Planting(
            with(Edit.call("dev.trivet.lessor.LeaseClock", "millis()J", "notCalled", _ -> {})));

    var _ = Class.forName("dev.trivet.lessor.LeaseClock", true, new EditedClasses(planting));

    assertThatThrownBy(planting::requireDone)
        .cause()
        .hasMessageContaining("has nothing of what is to be changed");
  }

  @Test
  void anEditedMethodDoesOtherwise() throws ReflectiveOperationException {
    long monotonic = 0;
    long before = System.currentTimeMillis();

    long told = millisOfEditedLeaseClock(() -> monotonic);

    assertThat(told).isBetween(before, System.currentTimeMillis());
  }

  private static long millisOfEditedLeaseClock(LongSupplier nanos)
      throws ReflectiveOperationException {
    ClassLoader nodes = new EditedClasses(new Planting(Plants.named("lease-by-wall-clock")));
    Class<?> edited = Class.forName("dev.trivet.lessor.LeaseClock", true, nodes);
    Constructor<?> maker = edited.getDeclaredConstructor(LongSupplier.class);
    maker.setAccessible(true);
    Method millis = edited.getDeclaredMethod("millis");
    millis.setAccessible(true);
    return (long) millis.invoke(maker.newInstance(nanos));
  }

  private static Plant with(Edit edit) {
    return new Plant(
        "made up", "nothing", List.of(edit), new Plant.Hunt(List.of(), List.of(), Set.of()));
  }

  /** Loads the nodes' own classes anew, through a transformer. */
  private static final class EditedClasses extends ClassLoader {
    private final Planting planting;

    EditedClasses(Planting planting) {
      super(PlantsTest.class.getClassLoader());
      this.planting = planting;
    }

    @Override
    protected Class<?> loadClass(String name, boolean isResolved) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        boolean isOwn = planting.owners().stream().anyMatch(owner -> isBeside(owner, name));
        if (!isOwn) {
          return super.loadClass(name, isResolved);
        }
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    /** Classes of one package see each other only when one loader has them. */
    private static boolean isBeside(String owner, String name) {
      int end = owner.lastIndexOf('.');
      return name.startsWith(owner.substring(0, end + 1)) && name.indexOf('.', end + 1) < 0;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/');
      try (InputStream in =
          Objects.requireNonNull(getResourceAsStream(file + ".class"), "no class " + name)) {
        byte[] original = in.readAllBytes();
        byte[] changed = planting.transform(this, file, null, null, original);
        byte[] code = changed == null ? original : changed;
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}

package dev.trivet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The floors of docs/architecture.md. A broken rule prints its reason. */
@AnalyzeClasses(packages = "dev.trivet", importOptions = ImportOption.DoNotIncludeTests.class)
final class FloorsTest {
  @ArchTest
  static final ArchRule dependenciesPointDownTheFloors =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.trivet..")
          .layer("node")
          .definedBy("dev.trivet.node..")
          .layer("api")
          .definedBy("dev.trivet.api..")
          .layer("watch")
          .definedBy("dev.trivet.watch..")
          .layer("lessor")
          .definedBy("dev.trivet.lessor..")
          .layer("extents")
          .definedBy("dev.trivet.extents..")
          .layer("replicate")
          .definedBy("dev.trivet.replicate..")
          .layer("state")
          .definedBy("dev.trivet.state..")
          .layer("store")
          .definedBy("dev.trivet.store..")
          .layer("peer")
          .definedBy("dev.trivet.peer..")
          .whereLayer("node")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("node")
          .whereLayer("watch")
          .mayOnlyBeAccessedByLayers("api", "node")
          .whereLayer("lessor")
          .mayOnlyBeAccessedByLayers("api", "node")
          .whereLayer("extents")
          .mayOnlyBeAccessedByLayers("api", "node")
          .whereLayer("replicate")
          .mayOnlyBeAccessedByLayers("api", "watch", "lessor", "extents", "node")
          .whereLayer("state")
          .mayOnlyBeAccessedByLayers("api", "watch", "lessor", "extents", "replicate", "node")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers(
              "api", "watch", "lessor", "extents", "replicate", "state", "node")
          .whereLayer("peer")
          .mayOnlyBeAccessedByLayers("api", "lessor", "extents", "replicate", "node")
          .because("a floor that knows the one above it can neither be tested nor replaced alone");

  @ArchTest
  static final ArchRule onlyReplicateKnowsRatis =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.trivet.replicate..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.ratis..")
          .because("consensus has one door, and its hazards are handled behind it");

  @ArchTest
  static final ArchRule onlyStoreKnowsRocksDb =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.trivet.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..")
          .because("native handles are owned in one place");

  @ArchTest
  static final ArchRule stateIsDeterministic =
      noClasses()
          .that()
          .resideInAPackage("dev.trivet.state..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.util\\.(Random|SplittableRandom|UUID|Timer.*)|java\\.util\\.concurrent\\..*|java\\.util\\.random\\..*"
                  + "|java\\.lang\\.(Thread|Process.*)|java\\.time\\.(Clock|Instant|LocalDate.*|ZonedDateTime)"
                  + "|java\\.security\\.SecureRandom|java\\.net\\..*|java\\.nio\\.file\\..*|java\\.io\\.File.*|io\\.grpc\\..*|io\\.netty\\..*")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getProperty", String.class)
          .because("the same log must make the same rows on every node");
}

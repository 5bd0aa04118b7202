package dev.alluvium;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom, and where each technology stays. */
class PackageMapTest {
    private static final String ROOT = "dev.alluvium.";

    static final Set<String> EVERYTHING = Set.of("*");

    /** What each package may import of the others, itself and the generated messages aside. */
    static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            Map.entry("record", Set.of()),
            Map.entry("schema", Set.of()),
            Map.entry("registry", Set.of("schema")),
            Map.entry("metrics", Set.of()),
            Map.entry("storage", Set.of()),
            Map.entry("storage.local", Set.of("storage")),
            Map.entry("storage.s3", Set.of("storage")),
            Map.entry("storage.gcs", Set.of("storage")),
            Map.entry("arrow", Set.of("schema")),
            Map.entry("decode", Set.of("arrow", "schema", "record")),
            Map.entry("parquet", Set.of("arrow", "schema")),
            Map.entry("batch", Set.of("decode", "arrow", "parquet", "schema", "record")),
            Map.entry("read", Set.of("storage", "parquet", "decode", "schema", "record")),
            Map.entry("upload", Set.of("batch", "parquet", "storage", "read")),
            Map.entry("ops", Set.of("metrics")),
            Map.entry(
                    "topology",
                    Set.of(
                            "batch",
                            "decode",
                            "parquet",
                            "registry",
                            "schema",
                            "storage",
                            "upload",
                            "record",
                            "metrics",
                            // For the status port, which it implements.
                            "ops")),
            Map.entry(
                    "config", Set.of("topology", "batch", "decode", "parquet", "registry", "schema", "storage", "ops")),
            Map.entry("demo", EVERYTHING),
            Map.entry("cli", EVERYTHING));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.alluvium");

    /** Where a technology may be named; nowhere else. */
    record Fence(String technology, Set<String> packages) {
        @Override
        public String toString() {
            return technology + " only in " + new TreeSet<>(packages);
        }
    }

    static Stream<Fence> fences() {
        return Stream.of(
                new Fence("org.apache.kafka.streams..", Set.of("topology")),
                new Fence("org.apache.kafka..", Set.of("topology", "demo")),
                new Fence("kafka..", Set.of("demo")),
                new Fence("org.apache.arrow..", Set.of("arrow", "decode", "parquet", "batch")),
                new Fence("org.apache.parquet..", Set.of("parquet")),
                new Fence("org.apache.hadoop..", Set.of("parquet")),
                new Fence("org.duckdb..", Set.of("demo")),
                new Fence("java.sql..", Set.of("demo")),
                new Fence("software.amazon..", Set.of("storage.s3")),
                new Fence("com.google.cloud..", Set.of("storage.gcs")),
                new Fence("com.google.api..", Set.of("storage.gcs")),
                new Fence("com.google.auth..", Set.of("storage.gcs")),
                new Fence("io.micrometer..", Set.of("metrics", "topology")),
                new Fence("com.sun.net.httpserver..", Set.of("ops")),
                new Fence("java.net.http..", Set.of("registry")),
                new Fence("picocli..", Set.of("cli")),
                new Fence("org.snakeyaml..", Set.of("config")));
    }

    @Test
    void everyPackageStandsInTheMap() {
        Set<String> packages = new TreeSet<>();
        CLASSES.forEach(type -> packages.add(nameOf(type)));
        packages.removeIf(name -> name.startsWith("proto."));

        assertThat(packages).isNotEmpty().isSubsetOf(MAY_KNOW.keySet());
    }

    @Test
    void importsOnlyGoDown() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String from = nameOf(type);
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT) && !mayKnow(from, nameOf(target))) {
                    found.add(type.getSimpleName() + " in " + from + " knows " + target.getFullName());
                }
            });
        }

        assertThat(found).isEmpty();
    }

    private static boolean mayKnow(String from, String to) {
        Set<String> allowed = MAY_KNOW.getOrDefault(from, Set.of());
        return from.equals(to)
                || to.startsWith("proto.")
                || from.startsWith("proto.")
                || allowed.contains(to)
                || allowed == EVERYTHING;
    }

    private static String nameOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length());
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("dev.alluvium.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("fences")
    void aTechnologyStaysBehindItsFence(Fence fence) {
        String[] inside = fence.packages().stream().map(name -> ROOT + name).toArray(String[]::new);

        noClasses()
                .that(resideInAnyPackage("dev.alluvium..")
                        .and(describe("are not inside", type -> !Set.of(inside).contains(type.getPackageName()))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(fence.technology()))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /** A clock and a source of chance are passed in, so that every test of time and crashes is deterministic. */
    @Test
    void timeAndChanceComeInFromTheRoot() {
        noClasses()
                .that(resideInAnyPackage("dev.alluvium..")
                        .and(describe(
                                "are not at the root",
                                type -> !Set.of("cli", "demo").contains(nameOf(type)))))
                .should()
                .accessTargetWhere(describe("reads the wall clock or draws lots", PackageMapTest::isTimeOrChance))
                .check(CLASSES);
    }

    private static boolean isTimeOrChance(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getFullName();
        String name = access.getName();
        boolean takesNothing = access.getTarget() instanceof CodeUnitCallTarget target
                && target.getRawParameterTypes().isEmpty();
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.lang.Math" -> name.equals("random");
            case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
            case "java.util.UUID" -> name.equals("randomUUID");
            case "java.util.Random", "java.util.SplittableRandom", "java.util.Date" ->
                name.equals("<init>") && takesNothing;
            case "java.util.concurrent.ThreadLocalRandom" -> name.equals("current");
            case "java.util.random.RandomGenerator" -> name.equals("getDefault") || name.equals("of");
            case "java.security.SecureRandom" -> name.equals("<init>");
            default -> owner.startsWith("java.time.") && name.equals("now") && takesNothing;
        };
    }
}

package io.ottla.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.ottla.api.Providers;
import java.io.PrintStream;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checks which module uses which packages. Maven separates the modules; this test forbids packages that a module can
 * reach but must not use.
 */
class BoundariesTest {
    /** The package of a module of its own, although it is below another module's package. */
    private static final String SERVER_TESTKIT = "io.ottla.server.testkit..";

    private static final String[] ALL = {
        "io.ottla.api..",
        "io.ottla.codec..",
        "io.ottla.transport.nio..",
        "io.ottla.storage.memory..",
        "io.ottla.storage.mmap..",
        "io.ottla.coordinator..",
        "io.ottla.server..",
        "io.ottla.cli..",
        "io.ottla.testkit..",
        SERVER_TESTKIT
    };

    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.ottla");
        for (final String part : ALL) {
            assertThat(classes.that(resideInAPackage(part)))
                    .describedAs("classes in " + part)
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "io.ottla.api.., ''",
        "io.ottla.codec.., ''",
        "io.ottla.transport.nio.., ''",
        "io.ottla.storage.memory.., ''",
        "io.ottla.storage.mmap.., ''",
        "io.ottla.coordinator.., io.ottla.codec..",
        "io.ottla.server.., io.ottla.codec..",
        "io.ottla.cli.., io.ottla.codec.. io.ottla.server",
        "io.ottla.testkit.., ''",
        "io.ottla.server.testkit.., io.ottla.codec.. io.ottla.server io.ottla.testkit.."
    })
    void shouldUseOnlyWhatTheArchitecturePermits(final String module, final String others) {
        classes()
                .that()
                .resideInAPackage(module)
                .and(
                        module.equals(SERVER_TESTKIT)
                                ? DescribedPredicate.alwaysTrue()
                                : not(resideInAPackage(SERVER_TESTKIT)))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(module, "io.ottla.api..")
                        .or(resideInAnyPackage(others.split(" ")))
                        .or(not(resideInAPackage("io.ottla.."))))
                .check(classes);
    }

    /**
     * Checks that only the command parses arguments and provides a log. A program that embeds a broker chooses its own
     * logging.
     */
    @Test
    void shouldParseArgumentsAndProvideALogInTheCommandOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ottla.cli..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.apache.commons.cli..", "org.slf4j.spi.."))
                .check(classes);
    }

    /** Another type of coordinator is then just one more package. */
    @ParameterizedTest
    @CsvSource({
        "io.ottla.coordinator.runtime.., ''",
        "io.ottla.coordinator.metadata.., io.ottla.coordinator.runtime..",
        "io.ottla.coordinator.group.., io.ottla.coordinator.runtime.."
    })
    void shouldKeepTheKindsOfCoordinatorsApart(final String room, final String other) {
        assertThat(classes.that(resideInAPackage(room))).isNotEmpty();
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.ottla.coordinator..").and(not(resideInAnyPackage(room, other))))
                .check(classes);
    }

    @Test
    void shouldKnowNoGroupsWhereMetadataIsSpokenOf() {
        noClasses()
                .that()
                .resideInAnyPackage("io.ottla.api.metadata..", "io.ottla.api.coordinator..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.ottla.api.group.."))
                .check(classes);
    }

    @Test
    void shouldAskServiceLoaderInOnePlaceOnly() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Providers.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ServiceLoader.class)
                .check(classes);
    }

    @Test
    void shouldNeedNoUnsupportedInterfaces() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "sun..",
                        "jdk.internal..",
                        "org.agrona.concurrent.ringbuffer..",
                        "org.agrona.concurrent.broadcast.."))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.agrona.concurrent.UnsafeBuffer")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("ConcurrentArrayQueue")
                .check(classes);
    }

    @Test
    void shouldTakeTimeFromTheClockOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ottla.testkit..")
                .and()
                .doNotHaveFullyQualifiedName("io.ottla.api.SystemClock")
                .and()
                // The command reports how long its own process took to start.
                .doNotHaveFullyQualifiedName("io.ottla.cli.Main")
                .and()
                .doNotHaveFullyQualifiedName("io.ottla.cli.ProcessAge")
                .and()
                .doNotHaveFullyQualifiedName("io.ottla.cli.StartupTrace")
                .and()
                // Its log does too, and so does the end of a process whose broker does not close.
                .doNotHaveFullyQualifiedName("io.ottla.cli.LastResort")
                .and()
                .resideOutsideOfPackage("io.ottla.cli.log..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(classes);
    }

    @Test
    void shouldTakeRandomnessFromOutsideOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.ottla.testkit..", SERVER_TESTKIT)
                .and()
                // The source of a broker's random numbers is chosen here.
                .doNotHaveFullyQualifiedName("io.ottla.server.BrokerBuilder")
                .should()
                .callConstructor(Random.class)
                .orShould()
                .callMethod(ThreadLocalRandom.class, "current")
                .orShould()
                .callMethod(Math.class, "random")
                .check(classes);
    }

    /** Checks that no code depends on the default locale: in Turkish, for example, the lower case of I is not i. */
    @Test
    void shouldWriteTheSameWhateverTheLocaleOfTheMachine() {
        noClasses()
                .should()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .orShould()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .check(classes);
    }
}

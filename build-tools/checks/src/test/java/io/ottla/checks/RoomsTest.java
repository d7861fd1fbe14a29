package io.ottla.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.ottla.api.transport.Exchange;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks which room of a module may use which. The rooms and their dependencies are drawn in docs/rooms.md. */
class RoomsTest {
    private static final String ROOT = "io.ottla.server";
    private static final String REQUEST = ROOT + ".request";
    private static final String FAMILY = REQUEST + ".HandlerFamily";

    private static JavaClasses classes;
    private static Set<String> families;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.ottla")
                // Not a room, but a module that depends on this one.
                .that(not(resideInAPackage(ROOT + ".testkit")));
        families = new TreeSet<>();
        for (final JavaClass type : classes.that(JavaClass.Predicates.assignableTo(FAMILY))) {
            families.add(type.getPackageName());
        }
        families.remove(REQUEST);
        assertThat(families).contains(ROOT + ".produce", ROOT + ".fetch", ROOT + ".group");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.ottla.server", "io.ottla.coordinator"})
    void shouldHaveNoCircles(final String module) {
        slices().matching(module + ".(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void shouldKnowNothingOfTheRoot() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(classes);
    }

    @Test
    void shouldKeepFamiliesApart() {
        slices().matching(ROOT + ".(*)..")
                .that(new DescribedPredicate<>("are families") {
                    @Override
                    public boolean test(final com.tngtech.archunit.library.dependencies.Slice slice) {
                        return slice.stream().anyMatch(type -> families.contains(type.getPackageName()));
                    }
                })
                .should()
                .notDependOnEachOther()
                .check(classes);
    }

    @Test
    void shouldShowOfAFamilyOnlyTheFamilyItself() {
        classes()
                .that()
                .resideInAnyPackage(families.toArray(new String[0]))
                .and()
                .arePublic()
                .should()
                .beAssignableTo(FAMILY)
                .check(classes);
    }

    /** Checks that one room handles the whole life of a request's exchange. */
    @Test
    void shouldKnowExchangesInOneRoomOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackage(REQUEST)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Exchange.class)
                .check(classes);
    }

    @Test
    void shouldKnowOfOtherRoomsNoMoreThanTheyNeed() {
        knowsOnly("agent");
        knowsOnly("config");
        knowsOnly("partition", "agent", "config");
        knowsOnly("upkeep", "agent", "config", "partition");
        knowsOnly("request", "config");
        families.forEach(family -> knowsOnly(family.substring(ROOT.length() + 1), "config", "partition", "request"));
    }

    private static void knowsOnly(final String room, final String... others) {
        final String[] known = new String[others.length + 1];
        for (int i = 0; i < others.length; i++) {
            known[i] = ROOT + '.' + others[i];
        }
        known[others.length] = ROOT + '.' + room;
        classes()
                .that()
                .resideInAPackage(ROOT + '.' + room)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(known).or(not(resideInAPackage(ROOT + ".."))))
                .check(classes);
    }
}

package io.ottla.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ProvidersTest {
    /** An SPI with three providers. */
    public interface Good extends Provider {}

    /** An SPI with two providers of one name. */
    public interface Twin extends Provider {}

    /** An SPI with a provider that can't be created. */
    public interface Broken extends Provider {}

    /** An SPI without providers. */
    public interface Lonely extends Provider {}

    private abstract static class Named {
        private final String name;
        private final int version;

        Named(final String name, final int version) {
            this.name = name;
            this.version = version;
        }

        public String name() {
            return name;
        }

        public int spiVersion() {
            return version;
        }
    }

    /** The provider that the tests look for. */
    public static final class Alpha extends Named implements Good {
        /** Does nothing. */
        public Alpha() {
            super("alpha", 3);
        }
    }

    /** Another provider. */
    public static final class Beta extends Named implements Good {
        /** Does nothing. */
        public Beta() {
            super("beta", 3);
        }
    }

    /** A provider compiled for an older SPI. */
    public static final class Old extends Named implements Good {
        /** Does nothing. */
        public Old() {
            super("old", 2);
        }
    }

    /** A provider with a name that is used twice. */
    public static final class First extends Named implements Twin {
        /** Does nothing. */
        public First() {
            super("twin", 1);
        }
    }

    /** A provider with a name that is used twice. */
    public static final class Second extends Named implements Twin {
        /** Does nothing. */
        public Second() {
            super("twin", 1);
        }
    }

    /** A provider that can't be created. */
    public static final class Failing extends Named implements Broken {
        /** Throws. */
        public Failing() {
            super("failing", 1);
            throw new IllegalStateException("no such luck");
        }
    }

    private static void assertRefused(final ThrowingCallable call, final String... parts) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void shouldFindProviderWhenNamed() {
        assertThat(Providers.find(Good.class, 3, "ottla.good", "alpha")).isInstanceOf(Alpha.class);
        assertThat(Providers.find(Good.class, 3, "ottla.good", "beta")).isInstanceOf(Beta.class);
    }

    @Test
    void shouldListKnownNamesWhenNameIsUnknown() {
        assertRefused(
                () -> Providers.find(Good.class, 3, "ottla.good", "gamma"), "ottla.good=gamma", "alpha, beta, old");
    }

    @Test
    void shouldSaySoWhenThereIsNone() {
        assertRefused(() -> Providers.find(Lonely.class, 1, "ottla.lonely", "x"), "ottla.lonely=x", "none");
    }

    @Test
    void shouldNameBothWhenNameIsTakenTwice() {
        assertRefused(
                () -> Providers.find(Twin.class, 1, "ottla.twin", "twin"),
                "'twin'",
                First.class.getName(),
                Second.class.getName());
    }

    @Test
    void shouldNameBothVersionsWhenProviderIsOfAnother() {
        assertRefused(
                () -> Providers.find(Good.class, 3, "ottla.good", "old"), "ottla.good=old", "version 2", "version 3");
    }

    @Test
    void shouldTellTheCauseWhenProviderFails() {
        assertRefused(
                () -> Providers.find(Broken.class, 1, "ottla.broken", "failing"),
                "ottla.broken=failing",
                Failing.class.getName(),
                "no such luck");
    }

    @Test
    void shouldFindWhatTheListNamesAndNothingElse() {
        final String list = Providers.list(List.of(Good.class));
        assertThat(list.split(",")).contains(Alpha.class.getName(), Beta.class.getName());

        System.setProperty(Providers.LIST_PROPERTY, Beta.class.getName());
        try {
            assertThat(Providers.find(Good.class, 3, "ottla.good", "beta")).isInstanceOf(Beta.class);
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Providers.find(Good.class, 3, "ottla.good", "alpha"))
                    .withMessageContaining("found beta");
            System.setProperty(Providers.LIST_PROPERTY, Beta.class.getName() + ",io.example.Missing");
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Providers.find(Good.class, 3, "ottla.good", "beta"))
                    .withMessageContaining("io.example.Missing");
        } finally {
            System.clearProperty(Providers.LIST_PROPERTY);
        }
    }
}

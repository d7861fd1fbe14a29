/** Contract tests for each SPI, a manual clock, faults, and checks for leaks. */
module io.ottla.testkit {
    requires transitive io.ottla.api;
    requires transitive org.assertj.core;
    requires java.management;
    requires jdk.management;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;

    exports io.ottla.testkit;

    opens io.ottla.testkit to
            org.junit.platform.commons;
}

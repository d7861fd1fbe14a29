package io.ottla.server.config;

import io.ottla.server.GeneratedPage;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.storage.mmap.MmapStorageProvider;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/configuration.md} with the definitions of the keys. */
class ConfigurationDocTest {
    private static final String INTRODUCTION = """
        # Configuration

        <!-- Generated from the definitions in the code. To generate it again: %s -->

        A broker takes its configuration from these sources, in order of precedence:

        1. the options `--host`, `--port`, `--data-dir` and `--storage` of `bin/ottla`;
        2. `--set KEY=VALUE`, any number of times;
        3. the file of `--config FILE`, with a line `KEY=VALUE` for each key, in UTF-8.

        An embedded broker takes it from `Broker.builder().set(key, value)`.

        The keys are Kafka's own, with Kafka's meanings and defaults; the tables explain every difference. Ottla's own keys
        begin with `ottla.`. A `server.properties` of Kafka can be used unchanged: keys that Kafka 4.4 knows and Ottla does
        not use are accepted and have no effect, and neither have those marked *without effect* below; the broker logs
        their names in one line when it starts. (One key is refused, `authorizer.class.name`, because users who set it rely
        on it.) The broker does not start with a key that is unknown to both, and the message names the nearest known key.
        Keys such as `ottla.storage.depth` belong to the provider that `ottla.storage` names.

        Names end in the unit: `.ms` for milliseconds, `.bytes` for bytes. Numbers are written without units or separators.
        The elements of lists are separated by commas. `Long.MAX` stands for 9223372036854775807 and `Int.MAX` for
        2147483647; a configuration has to contain the number.

        A change of the broker's configuration requires a restart. The configuration of a topic is set when the topic is
        created. A change of it (`kafka-configs --alter`) takes effect at once.
        """;

    @Test
    void shouldEqualTheDefinitions() throws IOException {
        GeneratedPage.check(ConfigurationDocTest.class, "configuration.md", page());
    }

    private static String page() {
        final StringBuilder page =
                new StringBuilder(INTRODUCTION.formatted(GeneratedPage.command(ConfigurationDocTest.class)));
        addTables(page, "Keys of the broker", BrokerKeys.all());
        addProvidersKeys(page);
        addTables(page, "Keys of a topic", TopicKeys.all());
        return page.toString();
    }

    private static void addProvidersKeys(final StringBuilder page) {
        page.append("\n"
                + "### Keys of the included providers\n\n"
                + "| Key | Type | Default | Permitted | |\n"
                + "|---|---|---|---|---|\n");
        addRow(
                page,
                MemoryStorageProvider.MAX_BYTES_KEY,
                "long",
                MemoryStorageProvider.MAX_BYTES_DEFAULT_HIGH,
                "The maximum number of bytes that all records in memory may take, with their overhead. Past"
                        + " it, appends fail with KAFKA_STORAGE_ERROR. If it is not set, it is half of the maximum heap"
                        + " less 16 MiB, between 1 MiB and 1 GiB.");
        addRow(
                page,
                MmapStorageProvider.OPEN_FILES_MAX_KEY,
                "int",
                MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_HIGH,
                "The maximum number of batch files that are open at a time. It is never more than half of the"
                        + " open files that the process may have (`ulimit -Hn`). Where the operating system does not"
                        + " report a limit, the default is 2,048.");
        addRow(
                page,
                MmapStorageProvider.MAPPED_FILES_MAX_KEY,
                "int",
                MmapStorageProvider.MAPPED_FILES_MAX_DEFAULT,
                "The maximum number of index files that are mapped at a time.");
        page.append("| `%s` | long | `%d` | -1 or more | %s |\n"
                .formatted(
                        MmapStorageProvider.STRAY_RETENTION_MS_KEY,
                        MmapStorageProvider.STRAY_RETENTION_MS_DEFAULT,
                        "The time for which the log of a partition that the metadata does not know is"
                                + " retained, such as a kill during DeleteTopics leaves one. The start renames its"
                                + " folder, whose name then ends in `-stray`. -1 retains it until the folder is deleted"
                                + " by hand, as Apache Kafka does; 0 deletes it soon after the start."));
    }

    private static void addRow(
            final StringBuilder page, final String key, final String type, final long value, final String doc) {
        page.append("| `%s` | %s | `%d` | 1 or more | %s |\n".formatted(key, type, value, doc));
    }

    private static void addTables(final StringBuilder page, final String title, final List<ConfigKey> keys) {
        page.append("\n## ").append(title).append('\n');
        String section = null;
        for (final ConfigKey key : keys) {
            if (key.isInternal()) {
                continue;
            }
            if (!key.section().equals(section)) {
                section = key.section();
                page.append("\n### ").append(section);
                page.append("\n\n| Key | Type | Default | Permitted | |\n|---|---|---|---|---|\n");
            }
            addRow(page, key);
        }
    }

    private static void addRow(final StringBuilder page, final ConfigKey key) {
        page.append("| `").append(key.name()).append("` | ");
        page.append(key.type().name().toLowerCase(Locale.ROOT)).append(" | ");
        page.append(defaultOf(key)).append(" | ");
        page.append(key.check() == null ? "" : shorten(key.check().describe())).append(" | ");
        page.append(key.doc());
        if (!key.synonyms().isEmpty()) {
            page.append(" The broker's default is ");
            for (int i = 0; i < key.synonyms().size(); i++) {
                page.append(i == 0 ? "`" : ", else `")
                        .append(key.synonyms().get(i).name())
                        .append('`');
            }
            page.append('.');
        }
        if (key.difference() != null) {
            page.append(" *Unlike Kafka:* ").append(key.difference());
        }
        if (key.inert() != null) {
            page.append(" *Without effect:* ").append(key.inert()).append('.');
        }
        page.append(" |\n");
    }

    static String defaultOf(final ConfigKey key) {
        final String text = key.defaultText();
        if (text == null) {
            return "none";
        }
        return text.isEmpty() ? "empty" : "`" + shorten(text) + "`";
    }

    private static String shorten(final String text) {
        return text.replace(Long.toString(Long.MAX_VALUE), "Long.MAX")
                .replace(Integer.toString(Integer.MAX_VALUE), "Int.MAX");
    }
}

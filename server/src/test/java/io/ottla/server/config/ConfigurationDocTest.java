package io.ottla.server.config;

import io.ottla.server.GeneratedPage;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.storage.mmap.MmapStorageProvider;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/configuration.md} as the definitions are. */
class ConfigurationDocTest {
    private static final String INTRODUCTION = """
        # Configuration

        <!-- Generated from the definitions in the code. To make it anew: %s -->

        A broker takes its settings from, the strongest first:

        1. the options `--host`, `--port`, `--data-dir` and `--storage` of `bin/ottla`;
        2. `--set KEY=VALUE`, as often as you like;
        3. the file that `--config FILE` names, with a line `KEY=VALUE` for each key, in UTF-8.

        An embedded broker takes them from `Broker.builder().set(key, value)`.

        The keys are Kafka's own, with Kafka's meaning and default; where not, the table says why. Ottla's own keys begin with
        `ottla.`. A `server.properties` of Kafka can be used as it is: keys that Kafka 4.4 knows and Ottla has no use for
        are taken and change nothing, and so do those marked *without effect* below; the broker names them in one line when
        it starts. (One is refused,
        `authorizer.class.name`, because whoever sets it relies on it.) A key that neither knows stops the start, and the
        message names the nearest one there is. Keys such as `ottla.storage.depth` belong to the provider that
        `ottla.storage` names.

        Units are in the names: `.ms` milliseconds, `.bytes` bytes. Numbers are plain, without units or separators. Lists
        are separated by commas. `Long.MAX` stands for 9223372036854775807 and `Int.MAX` for 2147483647; write the
        number.

        A change of the broker's settings needs a restart. A topic's settings are given when it is made, and take effect at
        once when they are changed (`kafka-configs --alter`).
        """;

    @Test
    void shouldSayWhatTheDefinitionsSayWhenReadByPeople() throws IOException {
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
        page.append(
                "\n### Keys of our own providers\n\n| Key | Type | Default | Permitted | |\n|---|---|---|---|---|\n");
        addRow(
                page,
                MemoryStorageProvider.MAX_BYTES_KEY,
                "long",
                MemoryStorageProvider.MAX_BYTES_DEFAULT_HIGH,
                "How many bytes all records in memory may take together, with what is kept beside them; no more are"
                    + " taken then (KAFKA_STORAGE_ERROR). If it is not set, half of what the heap may have beyond 16"
                    + " MiB, from 1 MiB to 1 GiB.");
        addRow(
                page,
                MmapStorageProvider.OPEN_FILES_MAX_KEY,
                "int",
                MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_HIGH,
                "How many files of batches may be open at a time; never more than half of what the process may have"
                    + " open (`ulimit -Hn`), whatever is set. Where the system does not say, the default is 2,048.");
        addRow(
                page,
                MmapStorageProvider.MAPPED_FILES_MAX_KEY,
                "int",
                MmapStorageProvider.MAPPED_FILES_MAX_DEFAULT,
                "How many index files may be mapped at a time.");
        page.append("| `%s` | long | `%d` | -1 or more | %s |\n"
                .formatted(
                        MmapStorageProvider.STRAY_RETENTION_MS_KEY,
                        MmapStorageProvider.STRAY_RETENTION_MS_DEFAULT,
                        "How long the log of a partition stays that the metadata does not know, as a kill during"
                            + " DeleteTopics leaves it. It is set aside at the start: its folder's name ends in"
                            + " `-stray` then. -1 keeps it until somebody deletes the folder, as Apache Kafka does; 0"
                            + " deletes it soon after the start."));
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

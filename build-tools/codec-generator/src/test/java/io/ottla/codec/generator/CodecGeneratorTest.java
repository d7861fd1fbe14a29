package io.ottla.codec.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecGeneratorTest {
    @TempDir
    private Path folder;

    @Test
    void shouldTouchOnlyWhatChanges() throws IOException {
        CodecGenerator.main(new String[] {folder.toString()});
        final List<Path> files = files();
        assertThat(files).hasSizeGreaterThan(250).contains(file("ApiKey"), file("message/ProduceRequest"));
        final FileTime longAgo = FileTime.fromMillis(1_000_000);
        for (final Path file : files) {
            Files.setLastModifiedTime(file, longAgo);
        }
        final String text = Files.readString(file("ApiKey"));
        Files.writeString(file("ApiKey"), "changed");
        Files.writeString(file("message/NoSuchMessage"), "of an older Kafka");

        CodecGenerator.main(new String[] {folder.toString()});

        assertThat(files()).isEqualTo(files);
        assertThat(Files.readString(file("ApiKey"))).isEqualTo(text);
        for (final Path file : files) {
            assertThat(Files.getLastModifiedTime(file).equals(longAgo))
                    .as("%s", file)
                    .isEqualTo(!file.equals(file("ApiKey")));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private Path file(final String name) {
        return folder.resolve("io/ottla/codec/" + name + ".java");
    }

    @Test
    void shouldUseNoneOfTheDescriptionsInTheSchemas() throws IOException {
        CodecGenerator.main(new String[] {folder.toString()});
        assertThat(Files.readString(file("message/ProduceRequest")))
                .contains("Returns the field {@code acks}: a 16-bit integer, in all versions, 0 by default.")
                .doesNotContain("acknowledgments");
    }

    @ParameterizedTest
    @CsvSource({
        "0+, true, in all versions",
        "3+, version >= 3, in versions 3 and later",
        "0-2, version <= 2, in versions 0 to 2",
        "2-4, version >= 2 && version <= 4, in versions 2 to 4",
        "3, version == 3, in version 3",
        "none, false, in no version",
    })
    void shouldAskForVersions(final String notation, final String condition, final String words) {
        final Versions all = new Versions(0, 7);
        final Versions versions = Versions.parse(notation).and(all);
        assertThat(versions.condition(all)).isEqualTo(condition);
        assertThat(versions.describe(all)).isEqualTo(words);
    }

    @Test
    void shouldWriteWhatAFieldNeeds() throws IOException {
        final String text = generate("""
            // A comment, as Kafka has it.
            {
              "apiKey": 99, "type": "request", "name": "WaveRequest", "validVersions": "1-3", "flexibleVersions": "2+",
              "fields": [
                { "name": "Height", "type": "int32", "versions": "2+", "default": "-1" },
                { "name": "Name", "type": "string", "versions": "0+", "nullableVersions": "3+", "ignorable": true },
                { "name": "Foam", "type": "[]Bubble", "versions": "0+", "fields": [
                  { "name": "Size", "type": "int8", "versions": "0+" }
                ]}
              ]
            }\
            """);
        assertThat(text)
                .contains("private int height = -1;")
                .contains("final boolean flexible = version >= 2;")
                .contains("height = version >= 2 ? reader.readInt() : -1;")
                .contains("} else if (height != -1) {")
                .contains("name = version >= 3 ? reader.readNullableString(flexible) : reader.readString(flexible);")
                .contains("if (name == null && version < 3) {")
                // A bubble has at least one byte; it has tagged fields only from version 2 on.
                .contains("reader.readArrayLength(flexible, 1)")
                .contains("public static final class Bubble extends Struct {");
    }

    @Test
    void shouldStopAtSchemasThatItDoesNotUnderstand() {
        assertThatThrownBy(() -> generate(schema("{ \"name\": \"Read\", \"type\": \"int8\", \"versions\": \"0+\" }")))
                .hasMessageContaining("read is taken");
        assertThatThrownBy(() -> generate(schema("{ \"name\": \"A\", \"type\": \"int8\", \"versions\": \"0+\","
                        + " \"taggedVersions\": \"1+\", \"tag\": 0 }")))
                .hasMessageContaining("tagged in some of its versions only");
        assertThatThrownBy(() -> generate(schema("{ \"name\": \"A\", \"type\": \"records\", \"versions\": \"0+\","
                        + " \"taggedVersions\": \"0+\", \"tag\": 0 }")))
                .hasMessageContaining("holds records");
    }

    private static String schema(final String field) {
        return "{ \"type\": \"data\", \"name\": \"X\", \"validVersions\": \"0-1\", \"flexibleVersions\": \"0+\","
                + " \"fields\": ["
                + field + "] }";
    }

    private static String generate(final String json) throws IOException {
        final JsonNode node = new ObjectMapper()
                .configure(JsonParser.Feature.ALLOW_COMMENTS, true)
                .readTree(json);
        return new MessageSource(MessageSchema.parse(node)).write();
    }

    @Test
    void shouldWantOneFolder() {
        final List<String> none = new ArrayList<>();
        assertThatThrownBy(() -> CodecGenerator.main(none.toArray(new String[0])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

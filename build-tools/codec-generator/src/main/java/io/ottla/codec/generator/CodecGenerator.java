package io.ottla.codec.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Generates the Java sources of all messages. */
public final class CodecGenerator {
    private final Path root;
    private final Set<Path> written = new HashSet<>();

    private CodecGenerator(final Path root) {
        this.root = root;
    }

    /**
     * Generates the sources.
     *
     * @param args the directory to write to, which is created. Files without a change are not written, and Java files
     *     that are no longer generated are deleted.
     * @throws IOException if a jar cannot be read or a file cannot be written.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("expected one argument: the directory to write to");
        }
        new CodecGenerator(Path.of(args[0])).generate(SchemaJars.read());
    }

    private void generate(final List<MessageSchema> schemas) throws IOException {
        final Map<Integer, MessageSchema> responses = new HashMap<>();
        for (final MessageSchema schema : schemas) {
            // Kafka keeps the numbers of APIs that it has dropped. The headers are written by hand, because they need
            // more than their schemas say.
            if (schema.root().versions().isEmpty() || schema.kind() == MessageSchema.Kind.HEADER) {
                continue;
            }
            if (schema.kind() == MessageSchema.Kind.RESPONSE) {
                responses.put(schema.key(), schema);
            }
            writeFile("message/" + schema.root().name(), new MessageSource(schema).write());
        }
        final List<MessageSchema> requests = schemas.stream()
                .filter(schema -> schema.kind() == MessageSchema.Kind.REQUEST)
                .filter(schema -> !schema.root().versions().isEmpty())
                .sorted(Comparator.comparingInt(MessageSchema::key))
                .toList();
        writeFile("ApiKey", new ApiKeySource(requests, responses).write());
        deleteOthers();
    }

    private void writeFile(final String name, final String text) throws IOException {
        final Path file = root.resolve("io/ottla/codec/" + name + ".java");
        if (!written.add(file)) {
            throw new IllegalStateException("two messages named " + name);
        }
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Unchanged files keep their time, so that nothing is compiled again.
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        }
    }

    private void deleteOthers() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (final Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                if (!written.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }
}

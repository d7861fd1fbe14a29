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

/** Writes the Java of all messages below a folder. */
public final class CodecGenerator {
    private final Path root;
    private final Set<Path> written = new HashSet<>();

    private CodecGenerator(final Path root) {
        this.root = root;
    }

    /**
     * Generates.
     *
     * @param args the folder to write to, which is created. A file whose text would not change is not touched, and a Java
     *     file that is not generated any more is deleted.
     * @throws IOException if a jar cannot be read or a file cannot be written.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("expected one argument: the folder to write to");
        }
        new CodecGenerator(Path.of(args[0])).generate(SchemaJars.read());
    }

    private void generate(final List<MessageSchema> schemas) throws IOException {
        final Map<Integer, MessageSchema> responses = new HashMap<>();
        for (final MessageSchema schema : schemas) {
            // Kafka keeps the numbers of APIs that it has dropped. The headers need more than their schemas say, so
            // they are
            // written by hand.
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
        // Files that stay as they are keep their time, so that nothing is compiled again.
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

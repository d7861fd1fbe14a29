package io.ottla.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.types.Schema;

/** Lists all generated messages, each with the class of kafka-clients or of a Kafka coordinator for it. */
final class Messages {
    private Messages() {}

    /**
     * One message.
     *
     * @param ours the generated class.
     * @param kafkas Kafka's class.
     */
    record Pair(Class<? extends Struct> ours, Class<? extends org.apache.kafka.common.protocol.Message> kafkas) {
        short lowestVersion() {
            return constant("LOWEST_VERSION");
        }

        short highestVersion() {
            return constant("HIGHEST_VERSION");
        }

        private short constant(final String name) {
            try {
                return ours.getField(name).getShort(null);
            } catch (final ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        Struct newOurs() {
            return create(ours);
        }

        org.apache.kafka.common.protocol.Message newKafkas() {
            return create(kafkas);
        }

        Schema schema(final short version) {
            try {
                return ((Schema[]) kafkas.getField("SCHEMAS").get(null))[version];
            } catch (final ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public String toString() {
            return ours.getSimpleName();
        }
    }

    static List<Pair> all() {
        try (Stream<Path> files = Files.list(Path.of(Struct.class
                        .getResource("/io/ottla/codec/message/ProduceRequest.class")
                        .toURI())
                .getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.contains("-"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .sorted()
                    .map(name -> new Pair(
                            find("io.ottla.codec.message." + name).asSubclass(Struct.class),
                            kafkas(name).asSubclass(org.apache.kafka.common.protocol.Message.class)))
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> kafkas(final String name) {
        for (final String candidate : List.of(
                "org.apache.kafka.common.message." + name + "Data",
                "org.apache.kafka.common.message." + name,
                "org.apache.kafka.common.metadata." + name,
                "org.apache.kafka.coordinator.group.generated." + name,
                "org.apache.kafka.coordinator.transaction.generated." + name,
                "org.apache.kafka.coordinator.share.generated." + name)) {
            final Class<?> found = find(candidate);
            if (found != null) {
                return found;
            }
        }
        throw new AssertionError("Kafka has no class for " + name);
    }

    private static Class<?> find(final String name) {
        try {
            return Class.forName(name);
        } catch (final ClassNotFoundException e) {
            return null;
        }
    }

    private static <T> T create(final Class<T> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (final ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] write(final Message message, final short version) {
        final GrowingFrameWriter frame = new GrowingFrameWriter(16);
        message.write(new MessageWriter(frame), version);
        return frame.toByteArray();
    }

    static <T extends Message> T read(final T message, final byte[] bytes, final short version) {
        message.read(new MessageReader(ByteBuffer.wrap(bytes)), version);
        return message;
    }
}

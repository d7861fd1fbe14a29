package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Passes every message in every version, with random contents, through Kafka's own code and this codec in both
 * directions.
 */
class MessageDifferentialTest {
    private static final int MESSAGES_OF_EACH_VERSION = 16;

    /** The result for a message that cannot be written; Kafka may report another error first. */
    private static final byte[] REFUSED = "refused".getBytes(StandardCharsets.US_ASCII);

    static List<Messages.Pair> messages() {
        return Messages.all();
    }

    @Test
    void shouldHaveEveryMessageOfKafka() {
        assertThat(messages()).hasSizeGreaterThan(250);
        for (final var key : org.apache.kafka.common.protocol.ApiKeys.values()) {
            if (key.hasValidVersion()) {
                assertThat(ApiKey.forId(key.id)).as(key.name).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldHaveTheVersionsOfKafka(final Messages.Pair pair) {
        assertThat(pair.lowestVersion()).isEqualTo(pair.newKafkas().lowestSupportedVersion());
        assertThat(pair.highestVersion()).isEqualTo(pair.newKafkas().highestSupportedVersion());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldReadAndWriteAsKafkaDoes(final Messages.Pair pair) {
        for (short version = pair.lowestVersion(); version <= pair.highestVersion(); version++) {
            for (int seed = 0; seed < MESSAGES_OF_EACH_VERSION; seed++) {
                final String what = pair + " v" + version + " seed " + seed;
                final byte[] bytes = RandomMessageBytes.of(
                        pair.schema(version),
                        new Random(seed + 1000L * version + pair.toString().hashCode()));
                final var kafkas = pair.newKafkas();
                kafkas.read(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), version);
                final Struct ours = Messages.read(pair.newOurs(), bytes, version);
                assertSame(ours, kafkas, what);

                final byte[] written = Messages.write(ours, version);
                assertThat(written).as(what).isEqualTo(writeKafkas(kafkas, version));

                final var kafkasAgain = pair.newKafkas();
                kafkasAgain.read(new ByteBufferAccessor(ByteBuffer.wrap(written)), version);
                assertThat(kafkasAgain).as(what).isEqualTo(kafkas);
                final Struct oursAgain = Messages.read(pair.newOurs(), written, version);
                assertThat(oursAgain).as(what).isEqualTo(ours).hasSameHashCodeAs(ours);
                assertThat(oursAgain.toString()).as(what).isEqualTo(ours.toString());

                assertSameInOtherVersions(pair, bytes, version, what);
            }
        }
    }

    /** Asserts that the same fields are dropped and refused when a message is written in another version. */
    private static void assertSameInOtherVersions(
            final Messages.Pair pair, final byte[] bytes, final short version, final String what) {
        final var kafkas = pair.newKafkas();
        kafkas.read(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), version);
        final Struct ours = Messages.read(pair.newOurs(), bytes, version);
        for (short other = pair.lowestVersion(); other <= pair.highestVersion(); other++) {
            byte[] expected;
            try {
                expected = writeKafkas(kafkas, other);
            } catch (final UnsupportedVersionException | NullPointerException e) {
                expected = REFUSED;
            }
            byte[] actual;
            try {
                actual = Messages.write(ours, other);
            } catch (final UnsupportedFieldException | NullPointerException e) {
                actual = REFUSED;
            }
            if (!Arrays.equals(expected, actual)) {
                assertThat(actual).as(what + " as v" + other).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldHaveTheDefaultsOfKafka(final Messages.Pair pair) {
        assertSame(pair.newOurs(), pair.newKafkas(), pair.toString());
        assertThat(pair.newOurs()).isEqualTo(pair.newOurs());
        for (short version = pair.lowestVersion(); version <= pair.highestVersion(); version++) {
            byte[] expected = null;
            try {
                expected = writeKafkas(pair.newKafkas(), version);
            } catch (final NullPointerException e) {
                // A default that not every version can write.
            }
            if (expected != null) {
                assertThat(Messages.write(pair.newOurs(), version))
                        .as(pair + " v" + version)
                        .isEqualTo(expected);
            }
        }
    }

    private static byte[] writeKafkas(final org.apache.kafka.common.protocol.Message message, final short version) {
        final ByteBuffer buffer =
                MessageUtil.toByteBufferAccessor(message, version).buffer();
        final byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static void assertSame(
            final Struct ours, final org.apache.kafka.common.protocol.Message kafkas, final String what) {
        final String[] names = ours.fieldNames();
        final Object[] values = ours.fieldValues();
        for (int i = 0; i < names.length; i++) {
            assertSame(values[i], get(ours, names[i]), what);
            assertSame(values[i], get(kafkas, names[i]), what + ' ' + names[i]);
        }
        final List<RawTaggedField> unknown = kafkas.unknownTaggedFields();
        if (ours.unknownTaggedFields().size() != unknown.size()) {
            assertThat(ours.unknownTaggedFields()).as(what).hasSameSizeAs(unknown);
        }
        for (int i = 0; i < unknown.size(); i++) {
            final RawTaggedField field = unknown.get(i);
            assertThat(ours.unknownTaggedFields().get(i))
                    .as(what)
                    .isEqualTo(new UnknownTaggedField(field.tag(), field.data()));
        }
    }

    private static Object get(final Object object, final String name) {
        try {
            return object.getClass().getMethod(name).invoke(object);
        } catch (final ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertSame(final Object ours, final Object kafkas, final String what) {
        if (ours instanceof final Struct struct
                && kafkas instanceof final org.apache.kafka.common.protocol.Message message) {
            assertSame(struct, message, what);
        } else if (ours instanceof final List<?> list && kafkas instanceof final Collection<?> other) {
            assertThat(list).as(what).hasSameSizeAs(other);
            final Iterator<?> others = other.iterator();
            for (final Object element : list) {
                assertSame(element, others.next(), what);
            }
        } else if (!isSame(ours, kafkas)) {
            assertThat(ours).as(what).isEqualTo(kafkas);
        }
    }

    private static boolean isSame(final Object ours, final Object kafkas) {
        if (ours instanceof final UUID uuid && kafkas instanceof final Uuid other) {
            return new Uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()).equals(other);
        } else if (ours instanceof final byte[] bytes && kafkas instanceof final ByteBuffer other) {
            return ByteBuffer.wrap(bytes).equals(other);
        } else if (ours instanceof final Payload payload && kafkas instanceof final MemoryRecords records) {
            return toByteBuffer(payload).equals(records.buffer());
        }
        return Objects.deepEquals(ours, kafkas);
    }

    private static ByteBuffer toByteBuffer(final Payload payload) {
        try {
            return payload.toByteBuffer();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}

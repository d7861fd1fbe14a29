package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.codec.message.ListGroupsRequest;
import io.ottla.codec.message.ListOffsetsRequest;
import io.ottla.codec.message.MetadataRequest;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that arbitrary bytes end with a message or a {@link MalformedMessageException}, and never take much memory.
 */
class MessageRobustnessTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * The memory for each byte: the smallest struct has three bytes in a message, and in memory is an object with empty
     * lists.
     */
    private static final int MEMORY_PER_BYTE = 50;

    /** The fixed memory, for the message and for what the JVM allocates on first use. */
    private static final int MEMORY_ANYWAY = 256 * 1024;

    static List<Messages.Pair> messages() {
        return Messages.all();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldSurviveEveryTruncation(final Messages.Pair pair) {
        for (short version = pair.lowestVersion(); version <= pair.highestVersion(); version++) {
            for (int seed = 0; seed < 2; seed++) {
                final byte[] bytes = bytes(pair, version, seed);
                for (int length = 0; length < bytes.length; length++) {
                    final Struct message = tryRead(pair, bytes, length, version, seed);
                    // Only bytes after its end may be missing from a message.
                    assertThat(message == null)
                            .as("%s v%d seed %d to %d", pair, version, seed, length)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldSurviveMutations(final Messages.Pair pair) {
        for (short version = pair.lowestVersion(); version <= pair.highestVersion(); version++) {
            for (int seed = 0; seed < 60; seed++) {
                final Random random = new Random(seed);
                final byte[] bytes = bytes(pair, version, seed % 4);
                if (bytes.length == 0) {
                    continue;
                }
                for (int i = random.nextInt(3); i >= 0; i--) {
                    mutate(bytes, random);
                }
                tryRead(pair, bytes, bytes.length, version, seed);
            }
        }
    }

    private static void mutate(final byte[] bytes, final Random random) {
        final int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            // Lengths of all forms become huge, negative, or one too many.
            case 0 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0x7f);
            case 1 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 5), (byte) 0xff);
            case 2 -> bytes[at]++;
            default -> bytes[at] = (byte) random.nextInt();
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldTakeMemoryInProportionToTheFrame(final Messages.Pair pair) throws ReflectiveOperationException {
        final Struct message = pair.newOurs();
        boolean hasStructs = false;
        for (final String field : message.fieldNames()) {
            final Class<?> element = elementOf(pair.ours(), field);
            if (element != null && Struct.class.isAssignableFrom(element)) {
                final List<Object> list = new ArrayList<>();
                for (int i = 0; i < 3000; i++) {
                    list.add(element.getConstructor().newInstance());
                }
                pair.ours()
                        .getMethod("set" + Character.toUpperCase(field.charAt(0)) + field.substring(1), List.class)
                        .invoke(message, list);
                hasStructs = true;
            }
        }
        for (short version = pair.lowestVersion(); hasStructs && version <= pair.highestVersion(); version++) {
            final byte[] bytes;
            try {
                bytes = Messages.write(message, version);
            } catch (final UnsupportedFieldException | NullPointerException e) {
                continue;
            }
            tryRead(pair, bytes, bytes.length, version, 0);
        }
    }

    @Test
    void shouldRefuseMessageWhenAllItsArraysTogetherHaveTooManyElements() {
        final ListOffsetsRequest request = new ListOffsetsRequest();
        for (int i = 0; i < 3; i++) {
            final ListOffsetsRequest.ListOffsetsTopic topic = new ListOffsetsRequest.ListOffsetsTopic();
            topic.partitions().add(new ListOffsetsRequest.ListOffsetsPartition());
            topic.partitions().add(new ListOffsetsRequest.ListOffsetsPartition());
            request.topics().add(topic);
        }
        final ByteBuffer bytes = ByteBuffer.wrap(Messages.write(request, (short) 7));
        final MessageReader reader = new MessageReader().elementsMax(9);
        // The limit counts for each message.
        for (int i = 0; i < 2; i++) {
            new ListOffsetsRequest().read(reader.wrap(bytes.rewind()), (short) 7);
        }
        reader.elementsMax(8).wrap(bytes.rewind());
        assertThatThrownBy(() -> new ListOffsetsRequest().read(reader, (short) 7))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("more than 8 elements in all arrays together");
    }

    @Test
    void shouldAllocateNothingForElementsThatAreTooMany() {
        final ByteBuffer names = ByteBuffer.allocate(10_000_000).putInt(0, 9_000_000);
        final MessageReader reader = new MessageReader().elementsMax(1_000);
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> new MetadataRequest().read(reader.wrap(names), (short) 1))
                .isInstanceOf(MalformedMessageException.class);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MEMORY_ANYWAY);
    }

    /**
     * Checks the time for many unordered tagged fields. When each was inserted in order among all before it, this test
     * took an hour.
     */
    @Test
    @Timeout(120)
    void shouldReadTaggedFieldsInOrderWhenThereAreManyInNoOrder() {
        final int count = 1_000_000;
        final GrowingFrameWriter bytes = new GrowingFrameWriter();
        final MessageWriter writer = new MessageWriter().wrap(bytes);
        writer.writeUnsignedVarint(count);
        for (int i = count; i > 0; i--) {
            writer.writeUnsignedVarint(i);
            writer.writeUnsignedVarint(0);
        }
        final ListGroupsRequest request = new ListGroupsRequest();
        request.read(new MessageReader(bytes.toByteBuffer()), (short) 3);
        assertThat(request.unknownTaggedFields()).hasSize(count);
        assertThat(request.unknownTaggedFields().getFirst().tag()).isEqualTo(1);
        assertThat(request.unknownTaggedFields().getLast().tag()).isEqualTo(count);
    }

    @Test
    void shouldRefuseMessageWhenATagComesTwice() {
        final ByteBuffer bytes = ByteBuffer.wrap(new byte[] {3, 9, 0, 7, 0, 9, 0});
        assertThatThrownBy(() -> new ListGroupsRequest().read(new MessageReader(bytes), (short) 3))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("two fields of tag 9");
    }

    private static Class<?> elementOf(final Class<?> type, final String field) throws ReflectiveOperationException {
        return type.getMethod(field).getGenericReturnType() instanceof final java.lang.reflect.ParameterizedType list
                ? (Class<?>) list.getActualTypeArguments()[0]
                : null;
    }

    private static byte[] bytes(final Messages.Pair pair, final short version, final int seed) {
        byte[] bytes;
        int salt = 0;
        do {
            bytes = RandomMessageBytes.of(pair.schema(version), new Random(seed + 10L * version + 1000L * salt++));
        } while (bytes.length > 1500 && salt < 50);
        return bytes;
    }

    /** Returns the message, or null if the bytes are not one. */
    private static Struct tryRead(
            final Messages.Pair pair, final byte[] bytes, final int length, final short version, final int seed) {
        final Struct message = pair.newOurs();
        final MessageReader reader = new MessageReader(ByteBuffer.wrap(bytes, 0, length));
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        Struct result = message;
        try {
            message.read(reader, version);
        } catch (final MalformedMessageException e) {
            result = null;
        } catch (final RuntimeException e) {
            throw new AssertionError(pair + " v" + version + " seed " + seed + " length " + length, e);
        }
        final long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > MEMORY_ANYWAY + (long) MEMORY_PER_BYTE * length) {
            throw new AssertionError(
                    pair + " v" + version + " seed " + seed + ": " + allocated + " bytes of memory for " + length);
        }
        return result;
    }
}

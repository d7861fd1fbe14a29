package io.ottla.coordinator.runtime;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Creates random ids in the same way as Kafka. */
public final class KafkaUuids {
    private static final int BASE64_DIGIT_SHIFT = 58;

    /** The digit '-' of URL-safe base64. */
    private static final int DASH = 62;

    private KafkaUuids() {}

    /**
     * Returns a random UUID (RFC 9562, version 4). It is not one of Kafka's reserved ids, which have no version, and
     * its base64 form does not begin with a dash, which tools would read as an option.
     *
     * @param random the source of the bits.
     * @return the UUID.
     */
    public static UUID random(final RandomGenerator random) {
        while (true) {
            final long high = random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
            final long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
            if (high >>> BASE64_DIGIT_SHIFT != DASH) {
                return new UUID(high, low);
            }
        }
    }

    /**
     * Returns the text form of a UUID in Kafka's tools.
     *
     * @param uuid the UUID.
     * @return 22 characters of URL-safe base64.
     */
    public static String toBase64(final UUID uuid) {
        final byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}

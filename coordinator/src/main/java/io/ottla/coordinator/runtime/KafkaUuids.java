package io.ottla.coordinator.runtime;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Random ids as Kafka makes them. */
public final class KafkaUuids {
    private static final int BASE64_DIGIT_SHIFT = 58;

    /** The digit '-' of URL-safe base64. */
    private static final int DASH = 62;

    private KafkaUuids() {}

    /**
     * A random UUID (RFC 9562, version 4). It is none of Kafka's reserved ones, which have no version, and its base64 form
     * does not begin with a dash, so that tools don't take it for an option.
     *
     * @param random where the bits come from.
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
     * The form in which people see a UUID.
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

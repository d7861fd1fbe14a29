package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ClientIdsTest {
    private static final int LENGTH_MAX = 40;
    private static final int BEFORE = 3;

    private final ClientIds clientIds = new ClientIds();

    private String get(final byte[] id) {
        final ByteBuffer frame = ByteBuffer.allocateDirect(BEFORE + id.length + 1);
        frame.put(BEFORE, id);
        return clientIds.get(frame, BEFORE, id.length);
    }

    @Test
    void shouldTellIdsApartWhenOneByteDiffers() {
        for (int length = 0; length <= LENGTH_MAX; length++) {
            final byte[] id = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
            assertThat(get(id)).isEqualTo("x".repeat(length));
            for (int i = 0; i < length; i++) {
                id[i] = 'y';
                assertThat(get(id)).isEqualTo(new String(id, StandardCharsets.UTF_8));
                id[i] = 'x';
                assertThat(get(id)).isEqualTo("x".repeat(length));
            }
        }
    }

    @Test
    void shouldGiveTheSameStringWhenTheIdIsReadAgain() {
        for (int length = 0; length <= LENGTH_MAX; length++) {
            final byte[] id = "consumer-readers-1-00000000-0000-0001-0000"
                    .substring(0, length)
                    .getBytes(StandardCharsets.UTF_8);
            assertThat(get(id)).isSameAs(get(id));
        }
    }

    @Test
    void shouldSpreadIdsThatDifferInTheirNumber() {
        final String[] ids = new String[64];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = get(("consumer-readers-" + i).getBytes(StandardCharsets.UTF_8));
        }
        final Set<String> kept = new HashSet<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == get(("consumer-readers-" + i).getBytes(StandardCharsets.UTF_8))) {
                kept.add(ids[i]);
            }
        }
        assertThat(kept).hasSizeGreaterThan(ids.length / 2);
    }
}

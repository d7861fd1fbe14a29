package io.ottla.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class KafkaUuidsTest {
    @Test
    void shouldBeAnIdThatKafkaCouldHaveMade() {
        final Random random = new Random(5);
        final Set<Character> firstDigits = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            final UUID uuid = KafkaUuids.random(random);
            assertThat(uuid.version()).isEqualTo(4);
            assertThat(uuid.variant()).isEqualTo(2);
            final String text = KafkaUuids.toBase64(uuid);
            assertThat(text)
                    .isEqualTo(new Uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()).toString())
                    .doesNotStartWith("-");
            firstDigits.add(text.charAt(0));
        }
        assertThat(firstDigits).as("every digit but the dash").hasSize(63);
    }

    @Test
    void shouldTakeAnotherWhenItWouldBeginWithADash() {
        final long[] bits = {0xf800_0000_0000_0000L, 0, 0xfc00_0000_0000_0000L, 0};
        final int[] next = {0};
        final RandomGenerator random = () -> bits[next[0]++];
        assertThat(KafkaUuids.toBase64(KafkaUuids.random(random))).startsWith("_");
        assertThat(next[0]).isEqualTo(4);
    }

    @Test
    void shouldBeNoReservedIdWhateverChanceGives() {
        final UUID uuid = KafkaUuids.random(() -> 0);
        assertThat(Uuid.RESERVED)
                .doesNotContain(new Uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()));
    }
}

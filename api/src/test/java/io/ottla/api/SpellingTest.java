package io.ottla.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    @Test
    void shouldCountTypingErrorsWhenWordsDiffer() {
        assertThat(Spelling.distance("", "")).isZero();
        assertThat(Spelling.distance("abc", "abc")).isZero();
        assertThat(Spelling.distance("abc", "")).isEqualTo(3);
        assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Spelling.distance("num.partition", "num.partitions")).isEqualTo(1);
    }

    @Test
    void shouldTakeTheFirstWhenTwoAreEquallyNear() {
        assertThat(Spelling.nearest("ac", List.of("ab", "ad", "xyz"), 1)).isEqualTo("ab");
    }

    @Test
    void shouldTakeNoneWhenNoneIsNear() {
        assertThat(Spelling.nearest("ac", List.of(), Integer.MAX_VALUE)).isNull();
        assertThat(Spelling.nearest("kitten", List.of("sitting"), 2)).isNull();
        assertThat(Spelling.nearest("kitten", List.of("sitting"), 3)).isEqualTo("sitting");
    }
}

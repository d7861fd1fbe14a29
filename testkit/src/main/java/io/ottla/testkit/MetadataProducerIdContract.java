package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests producer ids: each is issued once. */
abstract class MetadataProducerIdContract extends MetadataConfigContract {
    @Test
    void shouldGiveOutEachProducerIdOnceAlsoWhenItStartsAgain() {
        final Set<Long> given = new HashSet<>();
        for (int start = 0; start < 3; start++) {
            for (int i = 0; i < 1500; i++) {
                final long id = done(coordinator.producerIds().next());
                assertThat(id).isNotNegative();
                assertThat(given.add(id)).as("%d is new", id).isTrue();
            }
            restart();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotGiveOutAProducerIdTwiceWhenTheFateOfAWriteIsUnknown(final boolean kept) {
        final Set<Long> given = new HashSet<>();
        given.add(done(coordinator.producerIds().next()));
        log.setLagging(true);
        final List<CompletableFuture<Long>> ids = new ArrayList<>();
        while (log.waiting() == 0) {
            ids.add(coordinator.producerIds().next().toCompletableFuture());
            step();
        }
        log.loseLeadership();
        step();
        log.lead(kept);
        log.setLagging(false);
        for (int i = 0; i < 10; i++) {
            ids.add(coordinator.producerIds().next().toCompletableFuture());
            step();
        }
        assertThat(ids).allMatch(CompletableFuture::isDone);
        for (final CompletableFuture<Long> id : ids) {
            if (!id.isCompletedExceptionally()) {
                assertThat(given.add(id.join())).as("%d is new", id.join()).isTrue();
            }
        }
        assertThat(given).hasSizeGreaterThanOrEqualTo(11);
    }
}

package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Workload[] all = new Workload[3];
    private long nowNs = Long.MAX_VALUE - 5 * MS;

    WorkloadTest() {
        for (int i = 0; i < all.length; i++) {
            all[i] = new Workload(i, all, nowNs);
        }
    }

    /** Lets some milliseconds pass, in each of which each agent is busy for its share, with four active connections. */
    private void pass(final int windows, final int... permille) {
        for (int window = 0; window < windows; window++) {
            for (int i = 0; i < all.length; i++) {
                for (int connection = 0; connection < 4; connection++) {
                    all[i].active(-1);
                }
                all[i].sleeps(nowNs);
                all[i].awakes(nowNs + (1000 - permille[i]) * MS / 1000);
            }
            nowNs += MS;
            for (final Workload workload : all) {
                workload.awakes(nowNs);
            }
        }
    }

    @Test
    void shouldTellWhichShareOfTheTimeAnAgentIsBusyAndForgetItWhenItSleeps() {
        pass(1, 900, 250, 0);
        assertThat(all[0].busyPermille(nowNs)).isEqualTo(900);
        assertThat(all[1].busyPermille(nowNs)).isEqualTo(250);
        assertThat(all[2].busyPermille(nowNs)).isZero();
        assertThat(all[0].busyPermille(nowNs + 5 * MS)).isEqualTo(900);
        assertThat(all[0].busyPermille(nowNs + 80 * MS)).isBetween(80, 100);
        assertThat(all[0].busyPermille(nowNs + 10_000 * MS)).isZero();
    }

    @Test
    void shouldGiveHalfOfTheActiveConnectionsWhenBusyForSeveralWindows() {
        pass(3, 1000, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(-1);
        pass(1, 1000, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(1);
        all[0].gave();
        assertThat(all[0].recipient()).isEqualTo(1);
        all[0].gave();
        assertThat(all[0].recipient()).isEqualTo(-1);
    }

    @Test
    void shouldGiveToTheAgentThatHasMostTimeLeft() {
        pass(4, 1000, 400, 100);
        assertThat(all[0].recipient()).isEqualTo(2);
    }

    @Test
    void shouldKeepConnectionsWhenNobodyHasTimeLeft() {
        pass(40, 1000, 600, 700);
        assertThat(all[0].recipient()).isEqualTo(-1);
    }

    @Test
    void shouldKeepConnectionsWhenTheOthersCanNotBeStarted() {
        all[1].unusable();
        all[2].unusable();
        pass(4, 1000, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(-1);
    }

    @Test
    void shouldKeepTheOnlyActiveConnectionHoweverBusy() {
        for (int window = 0; window < 40; window++) {
            final int present = all[0].active(-1);
            assertThat(all[0].active(present)).isEqualTo(present);
            nowNs += MS;
            all[0].awakes(nowNs);
            assertThat(all[0].recipient()).isEqualTo(-1);
        }
    }

    @Test
    void shouldNotTakeOnePauseForMuchToDo() {
        for (int i = 0; i < 4; i++) {
            all[0].active(-1);
        }
        nowNs += 500 * MS;
        all[0].awakes(nowNs);
        pass(3, 100, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(-1);
        pass(1, 1000, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(-1);
    }

    @Test
    void shouldGiveOnlyUntilTheNextWindowEnds() {
        pass(4, 1000, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(1);
        pass(1, 1000, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(-1);
    }

    @Test
    void shouldComeTogetherWhenThereIsLittleToDoForLong() {
        pass(99, 100, 150, 0);
        assertThat(all[1].recipient()).isEqualTo(-1);
        pass(2, 100, 150, 0);
        assertThat(all[1].recipient()).isZero();
        // For each active connection.
        for (int i = 0; i < 100; i++) {
            all[1].gave();
        }
        assertThat(all[1].recipient()).isZero();
        assertThat(all[0].recipient()).isEqualTo(-1);
    }

    @Test
    void shouldComeTogetherWhereThereIsTimeLeft() {
        pass(101, 700, 100, 100);
        assertThat(all[1].recipient()).isEqualTo(-1);
        assertThat(all[2].recipient()).isEqualTo(1);
    }

    @Test
    void shouldComeTogetherAfterLongSleep() {
        pass(4, 1000, 1000, 0);
        all[1].sleeps(nowNs);
        nowNs += 10_000 * MS;
        all[1].awakes(nowNs);
        assertThat(all[1].recipient()).isZero();
    }

    @Test
    void shouldStayApartWhenThereIsMuchToDoNowAndThen() {
        for (int i = 0; i < 20; i++) {
            pass(50, 100, 100, 0);
            assertThat(all[1].recipient()).isEqualTo(-1);
            pass(2, 100, 700, 0);
            assertThat(all[1].recipient()).isEqualTo(-1);
        }
    }

    @Test
    void shouldWaitAgainWhenAnotherAgentGaveSomething() {
        pass(101, 0, 100, 0);
        assertThat(all[1].recipient()).isZero();
        all[1].got();
        assertThat(all[1].recipient()).isEqualTo(-1);
        pass(50, 0, 100, 0);
        assertThat(all[1].recipient()).isEqualTo(-1);
        pass(51, 0, 100, 0);
        assertThat(all[1].recipient()).isZero();
    }

    /** Checks that connections stay apart after an agent that is busy at this level gave half of them away. */
    @Test
    void shouldNotMoveConnectionsToAndFro() {
        pass(4, Workload.BUSY_PERMILLE, 0, 0);
        assertThat(all[0].recipient()).isEqualTo(1);
        for (int i = 0; i < 300; i++) {
            pass(1, Workload.BUSY_PERMILLE / 2, Workload.BUSY_PERMILLE / 2, 0);
            assertThat(all[0].recipient()).isEqualTo(-1);
            assertThat(all[1].recipient()).isEqualTo(-1);
        }
    }
}

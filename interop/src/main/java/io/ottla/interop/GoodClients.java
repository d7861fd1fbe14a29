package io.ottla.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The good clients beside hostile ones, each on a thread of its own. Used by one thread. */
final class GoodClients {
    private static final int PATIENCE_MS = 60_000;
    private static final int WATCH_MS = 50;

    private final GoodTopic good;
    private final GoodProducer producer;
    private final GoodConsumer consumer;
    private final List<GoodMember> members;
    private final FreshConnections fresh;
    private final List<Thread> threads = new ArrayList<>();
    private final Thread producing;

    /**
     * Starts them.
     *
     * @param broker       serves them.
     * @param good         what they share.
     * @param rate         how many records a second are due.
     * @param freshBoundMs within how many milliseconds a new connection must be served.
     */
    GoodClients(final BrokerProcess broker, final GoodTopic good, final int rate, final int freshBoundMs) {
        this.good = good;
        producer = new GoodProducer(broker.bootstrap(), good, rate);
        consumer = new GoodConsumer(broker.bootstrap(), good);
        members = List.of(
                new GoodMember(broker.bootstrap(), good, "classic"),
                new GoodMember(broker.bootstrap(), good, "consumer"));
        fresh = new FreshConnections(broker.address(), good, freshBoundMs);
        producing = start(producer);
        threads.add(start(consumer));
        threads.add(start(fresh));
        members.forEach(member -> threads.add(start(member)));
    }

    private static Thread start(final Runnable client) {
        return Thread.ofPlatform().daemon().start(client);
    }

    GoodProducer producer() {
        return producer;
    }

    GoodConsumer consumer() {
        return consumer;
    }

    List<GoodMember> members() {
        return members;
    }

    FreshConnections fresh() {
        return fresh;
    }

    /**
     * Waits until each member has its partitions.
     *
     * @throws IOException if that takes too long.
     */
    void awaitMembers() throws IOException {
        final long start = System.nanoTime();
        while (!members.stream().allMatch(GoodMember::isAssigned)) {
            if (elapsedMs(start) > PATIENCE_MS) {
                throw new IOException("the good groups do not come to be: " + good.failure());
            }
            BrokerProcess.pause(WATCH_MS);
        }
    }

    /** Waits until all that was sent until now is read; if that takes too long, it is a failure. */
    void awaitCaughtUp() {
        final long start = System.nanoTime();
        final int sent = producer.sent();
        while (consumer.taken() < sent && good.failure() == null) {
            if (elapsedMs(start) > PATIENCE_MS) {
                good.fail("of " + sent + " records only " + consumer.taken() + " could be read");
                return;
            }
            BrokerProcess.pause(WATCH_MS);
        }
    }

    /**
     * Has the producer end with what it began, and then the others.
     *
     * @throws InterruptedException never, since no thread is interrupted.
     */
    void stop() throws InterruptedException {
        producer.stop();
        producing.join(PATIENCE_MS);
        awaitCaughtUp();
        consumer.stop();
        fresh.stop();
        members.forEach(GoodMember::stop);
        for (final Thread thread : threads) {
            thread.join(PATIENCE_MS);
        }
    }

    private static long elapsedMs(final long sinceNs) {
        return (System.nanoTime() - sinceNs) / 1_000_000;
    }
}

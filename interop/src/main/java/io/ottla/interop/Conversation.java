package io.ottla.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the same cases with two brokers and reports the differences of their answers. */
final class Conversation {
    private final InetSocketAddress left;
    private final InetSocketAddress right;
    private final String tag;
    private final Fixtures leftFixtures;
    private final Fixtures rightFixtures;

    /**
     * Prepares a conversation.
     *
     * @param left  the reference.
     * @param right the broker to compare with it.
     * @param tag   begins the names of all topics, so that one pair of brokers can have several conversations.
     */
    Conversation(final InetSocketAddress left, final InetSocketAddress right, final String tag) {
        this.left = left;
        this.right = right;
        this.tag = tag;
        this.leftFixtures = new Fixtures(left, tag);
        this.rightFixtures = new Fixtures(right, tag);
    }

    /**
     * Collects every case there is.
     *
     * @return the cases, ordered by subject and then version.
     */
    static List<Case> cases() {
        final CaseBook book = new CaseBook();
        ProduceCases.addTo(book);
        FetchCases.addTo(book);
        FetchSessionCases.addTo(book);
        OffsetCases.addTo(book);
        LogCases.addTo(book);
        MetadataCases.addTo(book);
        TopicCases.addTo(book);
        ConfigCases.addTo(book);
        ProducerStateCases.addTo(book);
        BrokerCases.addTo(book);
        JoinGroupCases.addTo(book);
        GroupMemberCases.addTo(book);
        GroupOffsetCases.addTo(book);
        GroupAdminCases.addTo(book);
        ConsumerGroupCases.addTo(book);
        GroupConfigCases.addTo(book);
        TopicConfigCases.addTo(book);
        return book.cases();
    }

    /**
     * Runs cases, several at a time.
     *
     * @param cases    what to run.
     * @param parallel how many cases at a time.
     * @return the differences, in the order of the cases.
     */
    List<Difference> run(final List<Case> cases, final int parallel) {
        final List<Difference> differences = new ArrayList<>();
        try (ExecutorService outer = Executors.newFixedThreadPool(parallel);
                ExecutorService inner = Executors.newCachedThreadPool()) {
            final List<Future<List<Difference>>> results = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                final Case one = cases.get(i);
                final String prefix = tag + i + "-";
                results.add(outer.submit(() -> runOne(one, prefix, inner)));
            }
            for (final Future<List<Difference>> result : results) {
                differences.addAll(get(result));
            }
        }
        return differences;
    }

    private List<Difference> runOne(final Case one, final String prefix, final ExecutorService threads) {
        try (Peer leftPeer = new Peer(left, prefix, leftFixtures);
                Peer rightPeer = new Peer(right, prefix, rightFixtures)) {
            final Future<String> leftEnd = threads.submit(runner(one, leftPeer));
            final Future<String> rightEnd = threads.submit(runner(one, rightPeer));
            final String leftFailure = get(leftEnd);
            final String rightFailure = get(rightEnd);
            final List<Difference> differences = Comparison.compare(one, leftPeer, rightPeer);
            if (leftFailure != null || rightFailure != null) {
                differences.add(new Difference(
                        one, "script", "failure", String.valueOf(leftFailure), String.valueOf(rightFailure)));
            }
            return differences;
        }
    }

    /** Creates a task that runs the script and gives the failure as text: a broken case must not hide the others. */
    private static Callable<String> runner(final Case one, final Peer peer) {
        return () -> {
            try {
                one.script().run(peer);
                return null;
            } catch (final IOException | RuntimeException e) {
                return String.valueOf(e);
            }
        };
    }

    private static <T> T get(final Future<T> future) {
        try {
            return future.get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}

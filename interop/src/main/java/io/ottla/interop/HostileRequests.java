package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Hostile clients that send requests: well-formed ones of every kind, damaged ones, and huge ones. Each used by one
 * thread.
 */
final class HostileRequests {
    private static final int REQUESTS = 20;
    private static final int MUTATED_FROM = 3_000;
    private static final int MUTATED_SIZE_MAX = 8_192;
    private static final int ANSWER_TIMEOUT_MS = 20;
    private static final int WIDE_TIMEOUT_MS = 10_000;
    private static final int WIDE_MAX = 640_000;
    private static final int WIDE_SIZE_MAX = 100_000_000;

    private final HostileTarget target;
    private final SplittableRandom random;
    private final RandomRequests requests;
    private FrameMutator mutator;

    HostileRequests(final HostileTarget target, final SplittableRandom random) {
        this.target = target;
        this.random = random;
        requests = target.requests(random);
    }

    /**
     * Sends well-formed requests, each with a short wait for its answer.
     *
     * @throws IOException if the broker closes the connection.
     */
    void wellFormed() throws IOException {
        HostileConnection connection = HostileConnection.open(target.address(), random);
        try {
            for (int i = 0; i < REQUESTS; i++) {
                final ByteBuffer frame = requests.next();
                if (connection.ask(frame, ANSWER_TIMEOUT_MS) == null) {
                    // It may wait for minutes.
                    connection.close();
                    connection = HostileConnection.open(target.address(), random);
                }
            }
        } finally {
            connection.close();
        }
    }

    /**
     * Sends requests with one or two changes of their bytes.
     *
     * @throws IOException if the broker does not take another connection.
     */
    void mutated() throws IOException {
        if (mutator == null) {
            mutator = new FrameMutator(
                    target.requestsToChange(random).frames(MUTATED_FROM, MUTATED_SIZE_MAX), random.nextLong());
        }
        for (int i = 0; i < REQUESTS; i++) {
            try (HostileConnection connection = HostileConnection.open(target.address(), random)) {
                connection.sendBytes(ByteBuffer.wrap(mutator.next()), ANSWER_TIMEOUT_MS);
                connection.answer(ANSWER_TIMEOUT_MS);
            } catch (final IOException e) {
                // Right for most of them.
            }
        }
    }

    /**
     * Sends a request with up to 640,000 elements in one place.
     *
     * @throws IOException if the broker closes the connection.
     */
    void wide() throws IOException {
        final int elements = random.nextBoolean() ? random.nextInt(WIDE_MAX) : random.nextInt(20_000);
        ByteBuffer frame = null;
        while (frame == null) {
            frame = requests.wide(elements, WIDE_SIZE_MAX);
        }
        try (HostileConnection connection = HostileConnection.open(target.address(), random)) {
            connection.ask(frame, WIDE_TIMEOUT_MS);
        }
    }
}

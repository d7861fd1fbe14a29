package io.ottla.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class LossyOutputTest {
    private static final long FLUSH_MS = 60_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch isWriting = new CountDownLatch(1);
    private final CountDownLatch isRead = new CountDownLatch(1);

    /** A pipe that is not read. Kafka's threads would block at the first line that does not fit. */
    private final OutputStream pipe = new OutputStream() {
        @Override
        public void write(final int next) throws IOException {
            throw new IOException("one byte at a time");
        }

        @Override
        public void write(final byte[] line, final int offset, final int length) {
            isWriting.countDown();
            awaitUninterruptibly(isRead);
            bytes.write(line, offset, length);
        }
    };

    private final AtomicLong nowMs = new AtomicLong();
    private final LineLimit limit = new LineLimit(nowMs::get, StandardCharsets.UTF_8, false);

    private static void awaitUninterruptibly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] line(final String text) {
        return (text + '\n').getBytes(StandardCharsets.UTF_8);
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldDropAndCountWhenNobodyReads() throws InterruptedException {
        final LossyOutput output = new LossyOutput(pipe, limit);
        output.write(line("first"));
        isWriting.await();
        for (int i = 0; i < LossyOutput.LINES_MAX + 7; i++) {
            output.write(line("line " + i));
        }
        // This times out after 10 ms.
        output.flush(10);
        assertThat(written()).isEmpty();

        isRead.countDown();
        output.flush(FLUSH_MS);
        assertThat(written().lines())
                .startsWith(
                        "first",
                        "ottla: 7 lines of the log were dropped: they came faster than they could be written",
                        "line 0")
                .endsWith("line " + (LossyOutput.LINES_MAX - 1));
    }

    @Test
    void shouldBoundWhatWaitsWhenLinesAreLong() throws InterruptedException {
        final LossyOutput output = new LossyOutput(pipe, limit);
        output.write(line("first"));
        isWriting.await();
        for (int i = 0; i < 5; i++) {
            output.write(new byte[LossyOutput.BYTES_MAX / 4]);
        }
        isRead.countDown();
        output.flush(FLUSH_MS);

        assertThat(written()).contains("1 lines of the log were dropped");
    }

    @Test
    void shouldSayWhatWasHeldBackWhenItsTimeIsOver() throws InterruptedException {
        isRead.countDown();
        final LossyOutput output = new LossyOutput(pipe, limit);
        for (int i = 0; i <= LineLimit.LINES_MAX; i++) {
            limit.enter(Level.WARN, "io.ottla.Test", "again");
        }
        nowMs.set(LineLimit.PERIOD_MS);
        output.write(line("something else"));
        while (!written().contains("1 more lines like this within 60 s: again")) {
            Thread.sleep(1);
        }
    }

    @Test
    void shouldHaveNoThreadWhenThereIsNothingToWrite() throws InterruptedException {
        isRead.countDown();
        // Threads of other tests end by themselves.
        while (hasThread()) {
            Thread.sleep(1);
        }
        final LossyOutput output = new LossyOutput(pipe, limit);
        assertThat(hasThread()).isFalse();
        output.write(line("something"));
        output.flush(FLUSH_MS);
        while (hasThread()) {
            Thread.sleep(1);
        }
        output.write(line("something more"));
        output.flush(FLUSH_MS);

        assertThat(written().lines()).containsExactly("something", "something more");
    }

    private static boolean hasThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("ottla-log"));
    }

    @Test
    void shouldGoOnWhenStderrIsClosed() {
        final LossyOutput output = new LossyOutput(
                new OutputStream() {
                    @Override
                    public void write(final int next) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                limit);
        output.write(line("a"));
        output.write(line("b"));
        output.flush(FLUSH_MS);
    }
}

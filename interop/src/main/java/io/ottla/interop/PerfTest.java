package io.ottla.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Apache Kafka's {@code kafka-producer-perf-test}, at full speed, idempotent and with acks=all. It makes its records from a
 * fixed seed, so that they can be made again and compared.
 */
final class PerfTest {
    private static final int LETTERS = 26;
    private static final long PRIME = 0x100000001b3L;

    private final Process process;
    private final int count;
    private final Path output;

    /**
     * Starts the tool.
     *
     * @param tool      interop/bin/kafka-tool.
     * @param bootstrap the broker's address.
     * @param topic     where it writes.
     * @param count     how many records.
     * @param size      of a record's value, in bytes.
     * @param output    takes what it prints.
     * @throws IOException if it cannot be run.
     */
    PerfTest(
            final Path tool,
            final String bootstrap,
            final String topic,
            final int count,
            final int size,
            final Path output)
            throws IOException {
        this.count = count;
        this.output = output;
        process = new ProcessBuilder(List.of(
                        tool.toString(),
                        "kafka-producer-perf-test",
                        "--topic",
                        topic,
                        "--num-records",
                        String.valueOf(count),
                        "--record-size",
                        String.valueOf(size),
                        "--throughput",
                        "-1",
                        "--command-property",
                        "bootstrap.servers=" + bootstrap,
                        "acks=all",
                        "enable.idempotence=true",
                        "linger.ms=5",
                        "batch.size=65536",
                        "delivery.timeout.ms=180000",
                        "reconnect.backoff.max.ms=200"))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits for its end.
     *
     * @return its last line, which says how fast it was.
     * @throws IOException          if it failed, or a record was refused.
     * @throws InterruptedException if this thread is interrupted.
     */
    String await() throws IOException, InterruptedException {
        final int code = process.waitFor();
        final List<String> lines = Files.readAllLines(output);
        // It counts only those that were acknowledged.
        if (code != 0 || lines.isEmpty() || !lines.getLast().startsWith(count + " records sent")) {
            throw new IOException("kafka-producer-perf-test failed: " + lines);
        }
        return lines.getLast();
    }

    /** Stops it, if it runs. */
    void stop() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /**
     * Creates the fingerprints of the records that the tool sends.
     *
     * @param count the number.
     * @param size  of each.
     * @return from fingerprint to place in the order.
     */
    static Map<Long, Integer> fingerprints(final int count, final int size) {
        final SplittableRandom random = new SplittableRandom(0);
        final Map<Long, Integer> places = HashMap.newHashMap(count);
        final byte[] value = new byte[size];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < size; j++) {
                value[j] = (byte) ('A' + random.nextInt(LETTERS));
            }
            places.put(fingerprint(value), i);
        }
        return places;
    }

    /**
     * Sums up a value in 64 bits, so that two that differ in one bit have different sums.
     *
     * @param value the bytes.
     * @return the sum.
     */
    static long fingerprint(final byte[] value) {
        long sum = value.length;
        for (final byte one : value) {
            sum = (sum ^ one) * PRIME;
        }
        return sum;
    }
}

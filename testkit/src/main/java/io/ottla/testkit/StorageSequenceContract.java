package io.ottla.testkit;

import io.ottla.api.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs random sequences of a broker's operations on a storage and on another that is known to be correct; the logs must
 * be the same after each step. One step is a crash: the storage is left as it is, and another one starts with a copy of
 * its directory.
 *
 * <p>A failure has its seed. The system property {@value #SEED_PROPERTY} runs that sequence alone;
 * {@value #COUNT_PROPERTY} sets the number of sequences.
 */
public abstract class StorageSequenceContract {
    /** The system property with the seed of the one sequence to run. */
    public static final String SEED_PROPERTY = "ottla.seed";

    /** The system property with the number of sequences to run. */
    public static final String COUNT_PROPERTY = "ottla.sequences";

    private static final int COUNT_DEFAULT = 20;
    private static final int STEPS = 300;

    @TempDir
    Path folder;

    /** Creates the tests of the storage from {@link #provider()}. */
    protected StorageSequenceContract() {}

    /**
     * Returns the storage to test.
     *
     * @return a provider.
     */
    protected abstract StorageProvider provider();

    /**
     * Returns the storage that is correct, such as the one in memory. It need not be durable.
     *
     * @return a provider.
     */
    protected abstract StorageProvider oracle();

    /**
     * Returns whether logs survive the storage. If not, there are no crashes among the steps.
     *
     * @return true by default.
     */
    protected boolean isDurable() {
        return true;
    }

    /**
     * Returns the seed of the first sequence; those of the others follow it. With the same seed, two storages get the
     * same steps, whatever {@link #damage} does.
     *
     * @return a random number by default, or the value of {@value #SEED_PROPERTY}.
     */
    protected long firstSeed() {
        final Long given = Long.getLong(SEED_PROPERTY);
        return given == null ? new Random().nextLong() : given;
    }

    /**
     * Returns the number of sequences to run, if {@value #SEED_PROPERTY} does not name a single one.
     *
     * @return 20 by default, or the value of {@value #COUNT_PROPERTY}.
     */
    protected int sequenceCount() {
        return Integer.getInteger(COUNT_PROPERTY, COUNT_DEFAULT);
    }

    /**
     * Damages the files as a crash may do without the loss of an acknowledged record: part of an incomplete append is
     * at the end, an index is missing, a temporary file is left.
     *
     * @param crashed the directory that the storage will be opened on, which is not in use.
     * @param random the source of random choices.
     * @throws IOException if that fails.
     */
    protected void damage(final Path crashed, final Random random) throws IOException {}

    @Test
    void shouldHaveTheSameLogAsTheOracleWhenStepsAreRandom() throws IOException {
        final long first = firstSeed();
        final int count = System.getProperty(SEED_PROPERTY) == null ? sequenceCount() : 1;
        for (int i = 0; i < count; i++) {
            run(first + i);
        }
    }

    private void run(final long seed) throws IOException {
        final Path home = Files.createDirectory(folder.resolve("seed" + seed));
        try (StorageSequence sequence = new StorageSequence(this, home, seed)) {
            for (int i = 0; i < STEPS; i++) {
                sequence.step();
            }
            sequence.compareAll();
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError(
                    e.getMessage() + "\nseed " + seed + "; again: mvn test -Dtest="
                            + getClass().getSimpleName() + " -D" + SEED_PROPERTY + '=' + seed,
                    e);
        }
    }
}

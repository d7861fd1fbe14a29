package io.ottla.testkit;

import io.ottla.api.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does to a storage whatever a broker might do, in random order, and does the same to a storage that is known to be right;
 * the logs must be the same after each step. One step is a crash: the storage is left as it is, and another one begins with a
 * copy of its folder.
 *
 * <p>A failure tells its seed. The system property {@value #SEED_PROPERTY} runs that sequence alone; {@value #COUNT_PROPERTY}
 * says how many to run.
 */
public abstract class StorageSequenceContract {
    /** System property with the seed of the one sequence to run. */
    public static final String SEED_PROPERTY = "ottla.seed";

    /** System property with the number of sequences to run. */
    public static final String COUNT_PROPERTY = "ottla.sequences";

    private static final int COUNT_DEFAULT = 20;
    private static final int STEPS = 300;

    @TempDir
    Path folder;

    /** A contract for the storage that {@link #provider()} names. */
    protected StorageSequenceContract() {}

    /**
     * The storage to test.
     *
     * @return a provider.
     */
    protected abstract StorageProvider provider();

    /**
     * The storage that is right, such as the one in memory. It need not survive anything.
     *
     * @return a provider.
     */
    protected abstract StorageProvider oracle();

    /**
     * Whether logs survive the storage. If not, there are no crashes among the steps.
     *
     * @return true by default.
     */
    protected boolean isDurable() {
        return true;
    }

    /**
     * The seed of the first sequence; those of the others follow it. Two storages that are given the same have the same steps
     * done to them, whatever {@link #damage} does.
     *
     * @return any number by default, or the one that {@value #SEED_PROPERTY} tells.
     */
    protected long firstSeed() {
        final Long given = Long.getLong(SEED_PROPERTY);
        return given == null ? new Random().nextLong() : given;
    }

    /**
     * How many sequences to run, if {@value #SEED_PROPERTY} does not name the only one.
     *
     * @return 20 by default, or what {@value #COUNT_PROPERTY} tells.
     */
    protected int sequenceCount() {
        return Integer.getInteger(COUNT_PROPERTY, COUNT_DEFAULT);
    }

    /**
     * Does to the files what may happen to them in a crash without an acknowledged record being lost: part of an append that
     * did not complete is at the end, an index is gone, a temporary file is left.
     *
     * @param crashed the folder that the storage will be opened on; nobody uses it now.
     * @param random decides.
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

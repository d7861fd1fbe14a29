package io.ottla.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A named pipe that takes what a broker prints on stderr and is read only now and then, as by a supervisor that hangs.
 * What was read goes to a file. Runs on a separate thread.
 */
final class UnreadPipe implements Runnable {
    private static final int READ_MS = 3_000;
    private static final int UNREAD_MS = 25_000;
    private static final int POLL_MS = 100;

    private final Path pipe;
    private final Path log;
    private volatile boolean stopped;

    /**
     * Creates the pipe.
     *
     * @param pipe where it shall be.
     * @param log  takes what is read.
     * @throws IOException if it cannot be made.
     */
    UnreadPipe(final Path pipe, final Path log) throws IOException {
        this.pipe = pipe;
        this.log = log;
        try {
            if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
                throw new IOException("mkfifo " + pipe + " failed");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Reads what is left, and ends when no broker has the pipe open. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try (OutputStream output = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            // Opening waits for a broker that opens the other end, for each broker again.
            while (!stopped) {
                try (InputStream input = Files.newInputStream(pipe)) {
                    copy(input, output);
                }
            }
        } catch (final IOException e) {
            e.printStackTrace();
        }
    }

    private void copy(final InputStream input, final OutputStream output) throws IOException {
        final byte[] buffer = new byte[8192];
        long sinceNs = System.nanoTime();
        for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
            output.write(buffer, 0, read);
            if ((System.nanoTime() - sinceNs) / 1_000_000 > READ_MS) {
                for (int waited = 0; waited < UNREAD_MS && !stopped; waited += POLL_MS) {
                    BrokerProcess.pause(POLL_MS);
                }
                sinceNs = System.nanoTime();
            }
        }
    }
}

package io.ottla.jmh;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Measures the cost of sending a slice of a file after a short header, like a response to Fetch: copied together with
 * the header, or by {@code sendfile} after it. A thread reads each slice and answers it before the next one. Prints a
 * table of the sender's processor time, which includes the kernel's work for it; elapsed time would depend on the load
 * of the machine.
 */
public final class SendCosts {
    private static final int FILE_BYTES = 256 << 20;
    private static final int HEADER_BYTES = 80;
    private static final int COPY_BYTES_MAX = 128 << 10;
    private static final int ROUNDS = 7;
    private static final int ROUND_BYTES_MAX = 64 << 20;
    private static final int ROUND_SLICES_MAX = 5_000;

    /**
     * The sizes of the writes that create the file: unaligned small ones give it small pages, and aligned larger ones
     * large pages.
     */
    private static final int[] WRITE_BYTES = {16_300, 64 << 10};

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SocketChannel socket;
    private final FileChannel file;
    private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER_BYTES);
    private final ByteBuffer copy = ByteBuffer.allocateDirect(COPY_BYTES_MAX);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(1);
    private int position;

    private SendCosts(final SocketChannel socket, final FileChannel file) {
        this.socket = socket;
        this.file = file;
    }

    /**
     * Measures and prints the table.
     *
     * @param args none.
     * @throws IOException if a file or a socket fails.
     */
    public static void main(final String[] args) throws IOException {
        System.out.println("| slice | pages | copied, us | `sendfile`, us |");
        System.out.println("|---|---|---|---|");
        for (final int writeBytes : WRITE_BYTES) {
            final Path path = Files.createTempFile("ottla-send", ".log");
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    ServerSocketChannel server = ServerSocketChannel.open()
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel socket = server.accept()) {
                fill(file, writeBytes);
                socket.socket().setTcpNoDelay(true);
                client.socket().setTcpNoDelay(true);
                final SendCosts costs = new SendCosts(socket, file);
                for (int sliceBytes = 1 << 10; sliceBytes <= 1 << 20; sliceBytes *= 2) {
                    costs.measure(client, sliceBytes, writeBytes);
                }
            } finally {
                Files.delete(path);
            }
        }
    }

    private static void fill(final FileChannel file, final int writeBytes) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(writeBytes);
        for (int position = 0; position < FILE_BYTES; position += writeBytes) {
            file.write(bytes.clear(), position);
        }
    }

    private void measure(final SocketChannel client, final int sliceBytes, final int writeBytes) throws IOException {
        final int count = Math.min(ROUND_SLICES_MAX, ROUND_BYTES_MAX / sliceBytes);
        final int slices = count * 2 * (ROUNDS + 1);
        final Thread reader = Thread.ofPlatform().start(() -> read(client, sliceBytes, slices));
        final double[] copied = new double[ROUNDS];
        final double[] sent = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            final double copiedUs = microseconds(sliceBytes, count, true);
            final double sentUs = microseconds(sliceBytes, count, false);
            // The first one warms up.
            if (round >= 0) {
                copied[round] = copiedUs;
                sent[round] = sentUs;
            }
        }
        try {
            reader.join();
        } catch (final InterruptedException e) {
            throw new IOException(e);
        }
        Arrays.sort(copied);
        Arrays.sort(sent);
        System.out.printf(
                "| %d KB | %s | %.1f | %.1f |%n",
                sliceBytes >> 10,
                writeBytes == WRITE_BYTES[0] ? "small" : "large",
                copied[ROUNDS / 2],
                sent[ROUNDS / 2]);
    }

    private static void read(final SocketChannel client, final int sliceBytes, final int slices) {
        final ByteBuffer received = ByteBuffer.allocateDirect(HEADER_BYTES + sliceBytes);
        final ByteBuffer answer = ByteBuffer.allocateDirect(1);
        try {
            for (int i = 0; i < slices; i++) {
                received.clear();
                while (received.hasRemaining()) {
                    if (client.read(received) < 0) {
                        return;
                    }
                }
                client.write(answer.clear());
            }
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private double microseconds(final int sliceBytes, final int count, final boolean isCopied) throws IOException {
        final long before = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            if (position + sliceBytes > FILE_BYTES) {
                position = 0;
            }
            if (isCopied) {
                copy(sliceBytes);
            } else {
                transfer(sliceBytes);
            }
            // Batches begin anywhere.
            position += sliceBytes + 100;
            if (socket.read(answer.clear()) < 0) {
                throw new IOException("the reader is gone");
            }
        }
        return (THREADS.getCurrentThreadCpuTime() - before) / 1e3 / count;
    }

    private void copy(final int sliceBytes) throws IOException {
        copy.clear().position(HEADER_BYTES);
        for (int sent = 0; sent < sliceBytes; ) {
            copy.limit(Math.min(copy.capacity(), copy.position() + sliceBytes - sent));
            sent += file.read(copy, position + sent);
            copy.flip();
            while (copy.hasRemaining()) {
                socket.write(copy);
            }
            copy.clear();
        }
    }

    private void transfer(final int sliceBytes) throws IOException {
        socket.write(header.clear());
        for (int sent = 0; sent < sliceBytes; ) {
            sent += (int) file.transferTo(position + sent, sliceBytes - sent, socket);
        }
    }
}

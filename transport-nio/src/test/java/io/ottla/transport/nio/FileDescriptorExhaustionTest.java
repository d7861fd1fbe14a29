package io.ottla.transport.nio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Checks that a process without file descriptors neither spins nor ends, and accepts again once it has some. */
class FileDescriptorExhaustionTest {
    private static final int DESCRIPTORS_MAX = 90;

    @Test
    @Timeout(300)
    @EnabledOnOs(OS.LINUX)
    void shouldWaitQuietlyWhenThereAreNoFileDescriptors() throws Exception {
        final Process server = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n " + DESCRIPTORS_MAX + "; exec \"$0\" -Xmx64m -cp \"$1\" " + EchoMain.class.getName(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        System.getProperty("java.class.path"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8))) {
            final InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(out.readLine()));
            // A server without descriptors can't load classes from directories, so they must be loaded before.
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                echo(client);
            }
            final List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 2 * DESCRIPTORS_MAX; i++) {
                clients.add(new Socket(address.getAddress(), address.getPort()));
            }
            final Path descriptors = Path.of("/proc", String.valueOf(server.pid()), "fd");
            while (count(descriptors) < DESCRIPTORS_MAX) {
                Thread.sleep(10);
            }
            echo(clients.getFirst());

            awaitRest(server);

            for (final Socket client : clients.subList(0, clients.size() - 1)) {
                client.close();
            }
            echo(clients.getLast());
            clients.getLast().close();
        } finally {
            server.getOutputStream().close();
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /**
     * Waits until the server uses hardly any processor time for half a second. Its compilers may be late on a busy
     * machine; a server that spins never rests.
     */
    private static void awaitRest(final Process server) throws InterruptedException {
        final long startNs = System.nanoTime();
        Duration used;
        do {
            assertThat(System.nanoTime() - startNs)
                    .as("the server does not rest")
                    .isLessThan(TimeUnit.SECONDS.toNanos(60));
            final Duration before = server.info().totalCpuDuration().orElseThrow();
            Thread.sleep(500);
            used = server.info().totalCpuDuration().orElseThrow().minus(before);
        } while (used.compareTo(Duration.ofMillis(150)) >= 0);
    }

    private static long count(final Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.count();
        }
    }

    private static void echo(final Socket client) throws IOException {
        client.setSoTimeout(60_000);
        final byte[] frame = {0, 0, 0, 2, 4, 2};
        client.getOutputStream().write(frame);
        assertThat(client.getInputStream().readNBytes(frame.length)).isEqualTo(frame);
    }
}

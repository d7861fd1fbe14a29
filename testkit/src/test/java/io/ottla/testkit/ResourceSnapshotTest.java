package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ResourceSnapshotTest {
    private static final long PATIENCE_NS = 100_000_000;

    @Test
    void shouldPassWhenNothingIsLeft() throws IOException {
        final ResourceSnapshot before = ResourceSnapshot.take();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
        before.assertNothingLeaked();
    }

    @Test
    void shouldFailWhenSocketIsLeft() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        final ResourceSnapshot before = ResourceSnapshot.take();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
            assertThatThrownBy(() -> before.assertNothingLeaked(PATIENCE_NS))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("socket");
        }
    }

    @Test
    void shouldFailWhenThreadIsLeft() throws InterruptedException {
        final ResourceSnapshot before = ResourceSnapshot.take();
        final CountDownLatch end = new CountDownLatch(1);
        final Thread thread = Thread.ofPlatform().name("left-behind").start(() -> {
            try {
                end.await();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> before.assertNothingLeaked(PATIENCE_NS))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("left-behind");
        end.countDown();
        thread.join();
    }
}

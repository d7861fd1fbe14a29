package io.ottla.interop;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The resources of a Java process at one time, after a garbage collection.
 *
 * @param privateBytes resident memory of its own: heap, direct buffers, code, stacks.
 * @param fileBytes    resident pages of mapped files, which the kernel takes back when it needs them.
 * @param heapBytes    what lives on the heap.
 * @param directBytes  what direct buffers hold.
 * @param threads      platform threads.
 * @param openFiles    file descriptors, sockets included.
 */
record Vitals(long privateBytes, long fileBytes, long heapBytes, long directBytes, int threads, int openFiles) {
    private static final String DIRECT_POOL = "java.nio:type=BufferPool,name=direct";
    private static final long HEAP_SLACK = 16 << 20;
    private static final long DIRECT_SLACK = 16 << 20;
    private static final int THREADS_SLACK = 6;
    private static final int FILES_SLACK = 8;

    /**
     * Takes them from a process of the same user.
     *
     * @param pid the process.
     * @return what it holds.
     * @throws IOException if it is gone or does not answer.
     */
    static Vitals of(final long pid) throws IOException {
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(agent(pid)))) {
            final MBeanServerConnection server = connector.getMBeanServerConnection();
            final MemoryMXBean memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
            memory.gc();
            final BufferPoolMXBean direct =
                    ManagementFactory.newPlatformMXBeanProxy(server, DIRECT_POOL, BufferPoolMXBean.class);
            final int threads = ManagementFactory.getPlatformMXBean(server, ThreadMXBean.class)
                    .getThreadCount();
            return new Vitals(
                    status(pid, "RssAnon"),
                    status(pid, "RssFile") + status(pid, "RssShmem"),
                    memory.getHeapMemoryUsage().getUsed(),
                    direct.getMemoryUsed(),
                    threads,
                    openFiles(pid));
        }
    }

    /**
     * Returns whether a process holds more of something than it did, beyond what comes and goes.
     *
     * @param before what it held then.
     * @return what it holds more of, or null.
     */
    String grownBeyond(final Vitals before) {
        if (heapBytes > before.heapBytes + HEAP_SLACK) {
            return "heap";
        }
        if (directBytes > before.directBytes + DIRECT_SLACK) {
            return "direct buffers";
        }
        if (threads > before.threads + THREADS_SLACK) {
            return "threads";
        }
        return openFiles > before.openFiles + FILES_SLACK ? "files" : null;
    }

    /** Asks the process to serve its figures to this machine, and finds out where. */
    private static String agent(final long pid) throws IOException {
        try {
            final VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                return machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (final AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    private static long status(final long pid, final String name) throws IOException {
        final List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
        for (final String line : lines) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
            }
        }
        throw new IOException("process " + pid + " shows no " + name);
    }

    private static int openFiles(final long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return (int) files.count();
        }
    }

    @Override
    public String toString() {
        return "%d MB private and %d MB of mapped files resident, heap %d MB, direct buffers %.1f MB, %d threads, %d open files"
                .formatted(
                        privateBytes >> 20,
                        fileBytes >> 20,
                        heapBytes >> 20,
                        directBytes / 1048576.0,
                        threads,
                        openFiles);
    }
}

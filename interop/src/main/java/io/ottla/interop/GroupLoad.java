package io.ottla.interop;

import io.ottla.interop.GroupTalk.Member;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Creates many groups of five members that only live, and measures the cost of their heartbeats on the broker. The
 * members share a few connections, since the cost of connections is not measured here. It prints lines of a name and a
 * number.
 */
final class GroupLoad {
    private static final int MEMBERS = 5;
    private static final int WORKERS = 8;
    private static final int PARTITIONS = 10;
    private static final int TIMEOUT_MS = 120_000;
    private static final String TOPIC = "load";

    /** Of {@code /proc/PID/stat}, as on every Linux. */
    private static final double TICKS_PER_SECOND = 100;

    private final InetSocketAddress address;
    private final long pid;
    private final boolean classic;
    private final int groups;
    private final int intervalMs;
    private final LongAdder beats = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile boolean stopped;

    private GroupLoad(final InetSocketAddress address, final long pid, final boolean classic, final int groups) {
        this.address = address;
        this.pid = pid;
        this.classic = classic;
        this.groups = groups;
        this.intervalMs = classic ? 3_000 : 5_000;
    }

    /** A member, and the request that it sends repeatedly; null if the next one must be built. */
    private static final class Alive {
        private final Channel channel;
        private final String group;
        private final String id;
        private int epoch;
        private ByteBuffer frame;

        Alive(final Channel channel, final String group, final String id) {
            this.channel = channel;
            this.group = group;
            this.id = id;
        }
    }

    /** A connection on which one request follows another. */
    private static final class Channel {
        private final WireConnection connection;
        private int correlationId;

        Channel(final InetSocketAddress address) throws IOException {
            connection = new WireConnection(address);
        }

        void tell(final ApiKeys api, final int version, final ApiMessage message) throws IOException {
            connection.send(Frames.request(api, (short) version, ++correlationId, message));
        }

        Map<String, Object> receive(final ApiKeys api, final int version) throws IOException {
            final ByteBuffer answer = connection.read(TIMEOUT_MS);
            if (!answer.hasRemaining()) {
                throw new IOException(api + ": no answer");
            }
            return AnswerReader.read(api, (short) version, answer);
        }

        Map<String, Object> ask(final ApiKeys api, final int version, final ApiMessage message) throws IOException {
            tell(api, version, message);
            return receive(api, version);
        }
    }

    /**
     * Measures.
     *
     * @param args the broker's address, its pid, {@code classic} or {@code consumer}, the number of groups, and for how many
     *     seconds to measure.
     * @throws Exception if the groups can't be made.
     */
    public static void main(final String[] args) throws Exception {
        final int colon = args[0].lastIndexOf(':');
        new GroupLoad(
                        new InetSocketAddress(
                                args[0].substring(0, colon), Integer.parseInt(args[0].substring(colon + 1))),
                        Long.parseLong(args[1]),
                        args[2].equals("classic"),
                        Integer.parseInt(args[3]))
                .run(Integer.parseInt(args[4]));
        System.exit(0);
    }

    private static void print(final String name, final double value) {
        System.out.printf(Locale.ROOT, "%s %.2f%n", name, value);
    }

    private void run(final int seconds) throws IOException, InterruptedException {
        final double heapBefore = liveHeapMb();
        final double rssBefore = rssMb();
        final long filesBefore = openFiles();
        makeTopics();
        final double heapEmpty = liveHeapMb();
        print("topic.files", openFiles() - filesBefore);
        print("topic.heap.mb", heapEmpty - heapBefore);
        print("topic.rss.mb", rssMb() - rssBefore);
        final long start = System.nanoTime();
        final List<Thread> threads = new ArrayList<>();
        final List<List<Alive>> parts = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            final List<Alive> members = new ArrayList<>();
            parts.add(members);
            final int number = worker;
            threads.add(Thread.ofPlatform().start(() -> join(number, members)));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        print("members", parts.stream().mapToInt(List::size).sum());
        print("join.s", (System.nanoTime() - start) / 1e9);
        threads.clear();
        for (final List<Alive> members : parts) {
            threads.add(Thread.ofPlatform().start(() -> live(members)));
        }
        // The first rounds warm up both sides, and complete the assignments.
        Thread.sleep(3L * intervalMs);
        beats.reset();
        final double cpuBefore = cpuSeconds();
        final long from = System.nanoTime();
        Thread.sleep(seconds * 1000L);
        final double cpu = cpuSeconds() - cpuBefore;
        final double elapsed = (System.nanoTime() - from) / 1e9;
        final long sent = beats.sum();
        print("beats.per.s", sent / elapsed);
        print("cpu.percent", 100 * cpu / elapsed);
        print("cpu.us.per.beat", 1e6 * cpu / sent);
        print("rss.mb", rssMb());
        final double heap = liveHeapMb() - heapEmpty;
        print("heap.mb", heap);
        print("heap.kb.per.group", 1024 * heap / groups);
        stopped = true;
        for (final Thread thread : threads) {
            thread.join();
        }
        if (failures.sum() > 0) {
            throw new IOException(failures.sum() + " heartbeats failed, so these were not groups that live");
        }
    }

    /**
     * Creates the topic that groups read and that of the groups themselves, and waits until all of its partitions
     * serve.
     */
    private void makeTopics() throws IOException {
        final Channel channel = new Channel(address);
        final CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreatableTopic()
                        .setName(TOPIC)
                        .setNumPartitions(PARTITIONS)
                        .setReplicationFactor((short) 1));
        channel.ask(ApiKeys.CREATE_TOPICS, 7, request);
        final long start = System.nanoTime();
        for (int i = 0; i < groups; i++) {
            while (!isServed(channel, name(i))) {
                LockSupport.parkNanos(1_000_000);
            }
            if (i == 0) {
                print("topic.first.ms", (System.nanoTime() - start) / 1e6);
            }
        }
        print("topic.all.ms", (System.nanoTime() - start) / 1e6);
    }

    private static boolean isServed(final Channel channel, final String group) throws IOException {
        final Map<String, Object> found = channel.ask(
                ApiKeys.FIND_COORDINATOR, 4, new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group)));
        return Trees.at(found, "coordinators", 0, "error_code").equals((short) 0)
                && channel.ask(ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, "nobody", 1))
                        .get("error_code")
                        .equals((short) 25);
    }

    private static String name(final int group) {
        return "load-" + group;
    }

    private void join(final int worker, final List<Alive> members) {
        try {
            final List<Channel> channels = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                channels.add(new Channel(address));
            }
            for (int group = worker; group < groups; group += WORKERS) {
                if (classic) {
                    joinClassic(channels, name(group), members);
                } else {
                    joinConsumer(channels, name(group), members);
                }
            }
        } catch (final IOException | RuntimeException e) {
            e.printStackTrace();
            failures.increment();
        }
    }

    /**
     * Joins the members of a classic group. All get their ids first, so that the second generation waits for all of
     * them.
     */
    private static void joinClassic(final List<Channel> channels, final String group, final List<Alive> members)
            throws IOException {
        final List<String> ids = new ArrayList<>();
        for (final Channel channel : channels) {
            ids.add(String.valueOf(channel.ask(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, "", "range"))
                    .get("member_id")));
        }
        final Channel first = channels.getFirst();
        first.ask(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, ids.getFirst(), "range"));
        for (int i = 1; i < MEMBERS; i++) {
            channels.get(i).tell(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, ids.get(i), "range"));
        }
        while (!first.ask(ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, ids.getFirst(), 1))
                .get("error_code")
                .equals((short) 27)) {
            LockSupport.parkNanos(1_000_000);
        }
        first.tell(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, ids.getFirst(), "range"));
        final List<Member> joined = new ArrayList<>();
        String leader = null;
        for (int i = 0; i < MEMBERS; i++) {
            final Map<String, Object> answer = channels.get(i).receive(ApiKeys.JOIN_GROUP, GroupTalk.JOIN);
            if (!answer.get("error_code").equals((short) 0)) {
                throw new IOException(group + ": " + answer);
            }
            leader = String.valueOf(answer.get("leader"));
            joined.add(new Member(ids.get(i), ((Number) answer.get("generation_id")).intValue()));
        }
        for (int i = 0; i < MEMBERS; i++) {
            final SyncGroupRequestData sync = GroupTalk.sync(group, joined.get(i))
                    .setProtocolType("consumer")
                    .setProtocolName("range");
            if (ids.get(i).equals(leader)) {
                joined.forEach(member -> sync.assignments().add(GroupTalk.part(member, 1, 2, 3, 4)));
            }
            channels.get(i).tell(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, sync);
        }
        for (int i = 0; i < MEMBERS; i++) {
            final Map<String, Object> answer = channels.get(i).receive(ApiKeys.SYNC_GROUP, GroupTalk.SYNC);
            if (!answer.get("error_code").equals((short) 0)) {
                throw new IOException(group + ": " + answer);
            }
            final Alive alive = new Alive(channels.get(i), group, ids.get(i));
            alive.frame = Frames.request(
                    ApiKeys.HEARTBEAT, (short) GroupTalk.HEARTBEAT, 0, GroupTalk.heartbeat(group, joined.get(i)));
            members.add(alive);
        }
    }

    private static void joinConsumer(final List<Channel> channels, final String group, final List<Alive> members)
            throws IOException {
        for (final Channel channel : channels) {
            final Alive alive = new Alive(channel, group, Uuid.randomUuid().toString());
            beat(
                    alive,
                    request(alive)
                            .setRebalanceTimeoutMs(TIMEOUT_MS)
                            .setSubscribedTopicNames(List.of(TOPIC))
                            .setTopicPartitions(List.of()));
            members.add(alive);
        }
    }

    private static ConsumerGroupHeartbeatRequestData request(final Alive alive) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(alive.group)
                .setMemberId(alive.id)
                .setMemberEpoch(alive.epoch);
    }

    /** Sends a heartbeat of the newer protocol, and applies the new assignment at once. */
    private static void beat(final Alive alive, final ConsumerGroupHeartbeatRequestData request) throws IOException {
        Map<String, Object> answer = alive.channel.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, request);
        while (take(alive, answer)) {
            final List<TopicPartitions> owned = new ArrayList<>();
            for (final Object topic : Trees.list(Trees.at(answer, "assignment", "topic_partitions"))) {
                final List<Integer> partitions = new ArrayList<>();
                Trees.list(Trees.at(topic, "partitions")).forEach(partition -> partitions.add((Integer) partition));
                owned.add(new TopicPartitions()
                        .setTopicId((Uuid) Trees.at(topic, "topic_id"))
                        .setPartitions(partitions));
            }
            answer = alive.channel.ask(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, request(alive).setTopicPartitions(owned));
        }
    }

    /** Stores the epoch, and returns whether the member has an assignment to acknowledge. */
    private static boolean take(final Alive alive, final Map<String, Object> answer) throws IOException {
        if (!answer.get("error_code").equals((short) 0)) {
            throw new IOException(alive.group + ": " + answer);
        }
        alive.epoch = ((Number) answer.get("member_epoch")).intValue();
        alive.frame = null;
        return answer.get("assignment") != null;
    }

    /** Sends one heartbeat of each member in each interval, evenly. */
    private void live(final List<Alive> members) {
        final long stepNs = intervalMs * 1_000_000L / Math.max(1, members.size());
        long due = System.nanoTime();
        try {
            while (!stopped && !members.isEmpty()) {
                for (final Alive member : members) {
                    due += stepNs;
                    LockSupport.parkNanos(due - System.nanoTime());
                    if (stopped) {
                        return;
                    }
                    send(member);
                    beats.increment();
                }
            }
        } catch (final IOException | RuntimeException e) {
            e.printStackTrace();
            failures.increment();
        }
    }

    private void send(final Alive member) throws IOException {
        if (!classic && member.frame == null) {
            final ConsumerGroupHeartbeatRequestData request = request(member);
            final int epoch = member.epoch;
            beat(member, request);
            if (member.epoch == epoch) {
                member.frame = Frames.request(ApiKeys.CONSUMER_GROUP_HEARTBEAT, (short) 1, 0, request);
            }
            return;
        }
        member.channel.connection.send(member.frame);
        final ByteBuffer answer = member.channel.connection.read(TIMEOUT_MS);
        // After the correlation id (4 bytes), the header's tags (1) and the throttle time (4).
        if (answer.remaining() < 11 || answer.getShort(9) != 0) {
            failures.increment();
        } else if (!classic) {
            final Map<String, Object> told = AnswerReader.read(ApiKeys.CONSUMER_GROUP_HEARTBEAT, (short) 1, answer);
            if (!told.get("member_epoch").equals(member.epoch) || told.get("assignment") != null) {
                take(member, told);
            }
        }
    }

    private double cpuSeconds() throws IOException {
        final String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    private double rssMb() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("no VmRSS of " + pid);
    }

    private long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.count();
        }
    }

    /** Returns the size of the heap after a full collection. */
    private double liveHeapMb() throws IOException {
        final String jcmd =
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        final Process process = new ProcessBuilder(jcmd, String.valueOf(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        for (final String line : text.lines().toList()) {
            if (line.startsWith("Total")) {
                return Long.parseLong(line.trim().split("\\s+")[2]) / 1048576.0;
            }
        }
        throw new IOException("jcmd says: " + text);
    }
}

package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

/** The keys of listeners and connections. */
public final class NetworkKeys {
    static final KeySection SECTION = IdentityKeys.SECTION.next("Listeners and connections");

    static final ConfigKey LISTENERS = SECTION.key("listeners", LIST, "PLAINTEXT://127.0.0.1:9092")
            .unlikeKafka("Kafka listens on all addresses. Ottla does so only if told to, because nobody is asked for a "
                    + "password.")
            .doc("Where to listen, as `NAME://host:port`. An empty host means all addresses; port 0 picks a free"
                    + " port.");
    static final ConfigKey ADVERTISED_LISTENERS = SECTION.key("advertised.listeners", LIST, null)
            .unlikeKafka("Without it, a client is told the address that it connected to; Kafka tells the listener's.")
            .doc("The addresses that clients are told to connect to, by listener name. Port 0 means the listener's own "
                    + "port.");
    static final ConfigKey LISTENER_SECURITY_PROTOCOL_MAP = SECTION.key(
                    "listener.security.protocol.map",
                    STRING,
                    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT")
            .unlikeKafka("Only listeners of `PLAINTEXT` can be opened yet; one of another protocol stops the start.")
            .doc("The protocol of each listener name, as `NAME:PROTOCOL`.");
    static final ConfigKey CONTROLLER_LISTENER_NAMES = SECTION.key("controller.listener.names", LIST, "")
            .unlikeKafka("Kafka wants it to be set.")
            .doc("Listeners with these names are not opened: Ottla has no controllers of its own to talk to.");
    public static final ConfigKey NUM_NETWORK_THREADS = SECTION.key("num.network.threads", INT, "3")
            .atLeast(1)
            .unlikeKafka("If it is not set, there are no more than processors: with more, requests cost up to twice as"
                    + " much.")
            .doc("How many threads serve connections at most. They run the requests, too; all but one start when"
                    + " there is much to do.");
    static final ConfigKey SOCKET_REQUEST_MAX_BYTES = SECTION.key("socket.request.max.bytes", INT, "104857600")
            .atLeast(1)
            .limit(
                    "memory, from a length alone",
                    "its connection is closed, with a line in the log",
                    "100 MiB, or half of `queued.max.request.bytes` if that is less")
            .doc("The largest request. A larger one closes its connection, and so does one that is larger than half of"
                    + " `queued.max.request.bytes` where that is not set.");
    static final ConfigKey QUEUED_MAX_REQUEST_BYTES = SECTION.key("queued.max.request.bytes", LONG, "-1")
            .atLeast(-1)
            .unlikeKafka("Kafka has no bound by default. Here, -1 means a third of the largest heap, 1 GiB at most.")
            .limit(
                    "memory beside the heap, and the time of the others, from requests that do not come to their end"
                            + " and responses that are not read",
                    "its connection is not read until there is memory; is closed, with a line in the log, if it moves"
                            + " hardly a byte meanwhile, or for a response that does not fit",
                    "a third of the heap, 1 GiB at most")
            .doc("How much memory beside the heap the parts of requests that are not whole may hold together. While"
                    + " there is too little for a request, its connection is not read; the one that waits longest"
                    + " goes on first, and requests of up to 128 KB do not wait. Responses that have not left may"
                    + " hold half as much in addition. While some wait, a connection that holds memory and hardly"
                    + " moves a byte is closed.");
    static final ConfigKey SOCKET_SEND_BUFFER_BYTES = SECTION.key("socket.send.buffer.bytes", INT, "-1")
            .unlikeKafka(
                    "Kafka sets 102400. If it is not set, it is 196608 where Linux avoids congestion by pacing (BBR),"
                            + " which makes large sockets dear.")
            .doc("The send buffer of a socket; -1 leaves it to the operating system. Linux holds about twice as many"
                    + " bytes at most, and no more are on their way at a time, so -1 is better for consumers that are"
                    + " far away.");
    public static final ConfigKey SOCKET_RECEIVE_BUFFER_BYTES = SECTION.key("socket.receive.buffer.bytes", INT, "-1")
            .unlikeKafka("Kafka sets 102400. The systems of today find better sizes themselves.")
            .doc("The receive buffer of a socket; -1 leaves it to the operating system.");
    public static final ConfigKey SOCKET_LISTEN_BACKLOG_SIZE = SECTION.key("socket.listen.backlog.size", INT, "50")
            .atLeast(1)
            .limit("the system's memory", "what the system does: the connection is not taken yet, or refused")
            .doc("How many connections may wait to be accepted.");
    public static final ConfigKey MAX_CONNECTIONS = SECTION.key("max.connections", INT, "2147483647")
            .atLeast(0)
            .unlikeKafka(
                    "It counts the connections of all listeners; one too many is closed at once, where Kafka accepts no"
                            + " more until one ends, or closes the one of another listener that was idle longest.")
            .limit(
                    "descriptors and memory",
                    "its connection is closed at once",
                    "half of the files that the process may have open, less 64")
            .doc("How many connections there may be in all. If it is not set and the process may have only so many"
                    + " files open (`ulimit -Hn`), half of them less 64, because logs need descriptors, too.");
    public static final ConfigKey MAX_CONNECTIONS_PER_IP = SECTION.key("max.connections.per.ip", INT, "2147483647")
            .atLeast(0)
            .limit(
                    "everybody else's connections from one address that opens too many",
                    "its connection is closed at once")
            .doc("How many connections there may be from one address.");
    public static final ConfigKey CONNECTIONS_MAX_IDLE_MS = SECTION.key("connections.max.idle.ms", LONG, "600000")
            .limit("descriptors and memory that connections hold which are forgotten", "its connection is closed")
            .doc("A connection that nothing was read from or written to for this long is closed.");
    public static final ConfigKey MAX_IN_FLIGHT_REQUESTS = SECTION.key(
                    "ottla.connection.in.flight.requests.max", INT, "16")
            .atLeast(1)
            .limit(
                    "memory, and turns of the other connections",
                    "its next request is not read until an earlier one is answered")
            .doc("How many requests of one connection may be in progress; no more are read until one is answered.");
    public static final ConfigKey MAX_UNSENT_BYTES = SECTION.key("ottla.connection.unsent.bytes.max", LONG, "8388608")
            .atLeast(1)
            .limit(
                    "memory from a client that does not read its responses",
                    "its next request is not read until it has read some of them")
            .doc("How many bytes of responses one connection may hold; no more requests are read while it holds more.");

    private NetworkKeys() {}
}

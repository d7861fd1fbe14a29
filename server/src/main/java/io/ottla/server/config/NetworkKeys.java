package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.LONG;
import static io.ottla.server.config.ConfigType.STRING;

/** The broker's keys for listeners and connections. */
public final class NetworkKeys {
    static final KeySection SECTION = IdentityKeys.SECTION.next("Listeners and connections");

    static final ConfigKey LISTENERS = SECTION.key("listeners", LIST, "PLAINTEXT://127.0.0.1:9092")
            .unlikeKafka("Kafka listens on all addresses. Ottla does so only if configured, because clients"
                    + " are not authenticated.")
            .doc("The addresses to listen on, as `NAME://host:port`. An empty host means all addresses; port"
                    + " 0 means any free port.");
    static final ConfigKey ADVERTISED_LISTENERS = SECTION.key("advertised.listeners", LIST, null)
            .unlikeKafka("If it is not set, each client gets the address that it connected to; in Kafka, that"
                    + " of the listener.")
            .doc("The addresses that are advertised to clients, by listener name. Port 0 means the port of"
                    + " the listener.");
    static final ConfigKey LISTENER_SECURITY_PROTOCOL_MAP = SECTION.key(
                    "listener.security.protocol.map",
                    STRING,
                    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT")
            .unlikeKafka("Only `PLAINTEXT` is supported yet; a listener with another protocol is refused at the start.")
            .doc("The protocol of each listener name, as `NAME:PROTOCOL`.");
    static final ConfigKey CONTROLLER_LISTENER_NAMES = SECTION.key("controller.listener.names", LIST, "")
            .unlikeKafka("Kafka requires it to be set.")
            .doc("The names of listeners that are not opened, because Ottla has no separate controllers.");
    public static final ConfigKey NUM_NETWORK_THREADS = SECTION.key("num.network.threads", INT, "3")
            .atLeast(1)
            .unlikeKafka("If it is not set, there are no more threads than processors: with more, requests"
                    + " cost up to twice as much.")
            .doc("The maximum number of threads for connections. They also process the requests. All but one"
                    + " start under load.");
    static final ConfigKey SOCKET_REQUEST_MAX_BYTES = SECTION.key("socket.request.max.bytes", INT, "104857600")
            .atLeast(1)
            .limit(
                    "memory that a request's length alone would allocate",
                    "its connection is closed, and a line is logged",
                    "100 MiB, or half of `queued.max.request.bytes` if that is less")
            .doc("The maximum size of a request. The connection of a larger one is closed, and also that of a"
                    + " request that is larger than half of `queued.max.request.bytes` if this key is not set.");
    static final ConfigKey QUEUED_MAX_REQUEST_BYTES = SECTION.key("queued.max.request.bytes", LONG, "-1")
            .atLeast(-1)
            .unlikeKafka("Kafka has no limit by default. Here, -1 means 1/3 of the maximum heap, at most 1 GiB.")
            .limit(
                    "off-heap memory, and the other connections, from requests that are not completed and"
                            + " responses that are not read",
                    "its connection is not read until there is memory; it is closed, and a line is logged, if"
                            + " it hardly moves a byte meanwhile, or if a response does not fit",
                    "1/3 of the heap, at most 1 GiB")
            .doc("The maximum off-heap memory for requests that have not been received completely. While a"
                    + " request does not fit, its connection is not read; the one that waits longest continues"
                    + " first, and requests of up to 128 KB do not wait. Responses that are not sent yet may take"
                    + " half as much in addition. While connections wait, a connection that holds memory and hardly"
                    + " moves a byte is closed.");
    static final ConfigKey SOCKET_SEND_BUFFER_BYTES = SECTION.key("socket.send.buffer.bytes", INT, "-1")
            .unlikeKafka("Kafka sets 102400. If it is not set, it is 196608 where Linux paces packets (BBR), which"
                    + " makes large send buffers expensive.")
            .doc("The send buffer of a socket; -1 leaves it to the operating system. Linux keeps at most"
                    + " about twice as many bytes, and no more are in flight at a time, so -1 is better for"
                    + " consumers that are far away.");
    public static final ConfigKey SOCKET_RECEIVE_BUFFER_BYTES = SECTION.key("socket.receive.buffer.bytes", INT, "-1")
            .unlikeKafka("Kafka sets 102400. Current operating systems find better sizes themselves.")
            .doc("The receive buffer of a socket; -1 leaves it to the operating system.");
    public static final ConfigKey SOCKET_LISTEN_BACKLOG_SIZE = SECTION.key("socket.listen.backlog.size", INT, "50")
            .atLeast(1)
            .limit("the system's memory", "the connection is not accepted yet or refused, by the operating system")
            .doc("The maximum number of connections that wait to be accepted.");
    public static final ConfigKey MAX_CONNECTIONS = SECTION.key("max.connections", INT, "2147483647")
            .atLeast(0)
            .unlikeKafka("It counts the connections of all listeners, and closes a connection past the limit at"
                    + " once. Kafka accepts no more until one is closed, or closes the one of another listener"
                    + " that was idle longest.")
            .limit(
                    "file descriptors and memory",
                    "its connection is closed at once",
                    "half of the process's file descriptors, less 64")
            .doc("The maximum number of connections. If it is not set and the process has a limit of open"
                    + " files (`ulimit -Hn`), it is half of that less 64, because logs need file descriptors, too.");
    public static final ConfigKey MAX_CONNECTIONS_PER_IP = SECTION.key("max.connections.per.ip", INT, "2147483647")
            .atLeast(0)
            .limit(
                    "the connections of other clients, from an address that opens too many",
                    "its connection is closed at once")
            .doc("The maximum number of connections from one address.");
    public static final ConfigKey CONNECTIONS_MAX_IDLE_MS = SECTION.key("connections.max.idle.ms", LONG, "600000")
            .limit("file descriptors and memory, from connections that are no longer used", "its connection is closed")
            .doc("The time after which a connection without reads and writes is closed.");
    public static final ConfigKey MAX_IN_FLIGHT_REQUESTS = SECTION.key(
                    "ottla.connection.in.flight.requests.max", INT, "16")
            .atLeast(1)
            .limit(
                    "memory, and turns of the other connections",
                    "its next request is not read until an earlier one has been answered")
            .doc("The maximum number of requests of one connection that are in progress; no more are read"
                    + " until one is answered.");
    public static final ConfigKey MAX_UNSENT_BYTES = SECTION.key("ottla.connection.unsent.bytes.max", LONG, "8388608")
            .atLeast(1)
            .limit(
                    "memory, from a client that does not read its responses",
                    "its next request is not read until it has read some of them")
            .doc("The maximum number of bytes of unsent responses of one connection; while it is exceeded, no"
                    + " requests are read.");

    private NetworkKeys() {}
}

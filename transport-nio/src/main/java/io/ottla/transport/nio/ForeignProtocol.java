package io.ottla.transport.nio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Recognizes what a client speaks that was sent to a wrong port, from the first bytes of its connection. Most protocols begin with bytes
 * that make no length of a request. Those that do would otherwise wait for the rest of a request that never comes, or for an
 * answer to one that they did not send.
 *
 * <p>Kafka has no such look: it closes the connection with a stack trace about the size of the request, or waits.
 */
final class ForeignProtocol {
    /** The longest beginning that is looked at; no shorter request can be mistaken for another protocol. */
    static final int LOOKED_AT_BYTES = 32;

    /** What is needed before a valid length can be told from another protocol. */
    static final int NEEDED_BYTES = 8;

    private static final int TLS_HANDSHAKE = 0x1603;
    private static final int SHORTEST_TEXT = 4;

    private ForeignProtocol() {}

    /**
     * Looks at the beginning of a connection whose first four bytes are a length that may be.
     *
     * @param bytes holds what was received.
     * @param start where it starts.
     * @param length how much there is.
     * @return the protocol's name, or null if this can be a request.
     */
    static String behindLength(final ByteBuffer bytes, final int start, final int length) {
        if (length < NEEDED_BYTES) {
            return null;
        }
        final int first = bytes.getInt(start);
        final int second = bytes.getInt(start + Integer.BYTES);
        if (isPostgres(bytes, start, length, first, second)) {
            return "PostgreSQL";
        }
        if (isZooKeeper(bytes, start, length, first, second)) {
            return "ZooKeeper";
        }
        if (first >>> Byte.SIZE == 0x03_0000 && (second >>> Short.SIZE & 0xff) == 0xe0) {
            // A TPKT with a connection request, which scanners send to every port.
            return "RDP";
        }
        if (second == 0xff53_4d42 || second == 0xfe53_4d42) {
            return "SMB";
        }
        return null;
    }

    private static boolean isPostgres(
            final ByteBuffer bytes, final int start, final int length, final int first, final int second) {
        return switch (second) {
            case 80_877_102 -> first == 16; // CancelRequest
            case 80_877_103, 80_877_104 -> first == 8; // SSLRequest and GSSENCRequest, which wait for an answer
            case 3 << Short.SIZE -> // the startup message of version 3.0, with "user" or "database" first
                length >= NEEDED_BYTES + Integer.BYTES
                        && (bytes.getInt(start + NEEDED_BYTES) == 0x7573_6572
                                || bytes.getInt(start + NEEDED_BYTES) == 0x6461_7461);
            default -> false;
        };
    }

    /** A ConnectRequest of protocol version 0, with a password of 16 bytes at its end. Produce v0, which it looks like, is gone. */
    private static boolean isZooKeeper(
            final ByteBuffer bytes, final int start, final int length, final int first, final int second) {
        return second == 0 && (first == 44 || first == 45) && length >= 32 && bytes.getInt(start + 28) == 16;
    }

    /**
     * Looks at bytes whose first four are no length that may be.
     *
     * @param bytes holds what was received.
     * @param start where it starts.
     * @param length how much there is, four at least.
     * @return the protocol that begins like that, or null if it is none that is often sent to a wrong port.
     */
    static String insteadOfLength(final ByteBuffer bytes, final int start, final int length) {
        final int first = bytes.getInt(start);
        if (first >>> Short.SIZE == TLS_HANDSHAKE) {
            return "TLS";
        }
        final byte[] beginning = new byte[Math.min(length, LOOKED_AT_BYTES)];
        bytes.get(start, beginning);
        final String text = new String(beginning, StandardCharsets.ISO_8859_1);
        return switch (text.substring(0, SHORTEST_TEXT)) {
            case "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "HTTP" -> "HTTP";
            case "PRI " -> "HTTP/2";
            case "SSH-" -> "SSH";
            case "AMQP" -> "AMQP";
            case "EHLO", "HELO", "LHLO" -> "SMTP";
            case "PING", "AUTH", "HELL" -> "Redis";
            case "ruok", "stat", "srvr", "mntr", "conf", "cons", "dump", "envi", "isro", "wchs" -> "ZooKeeper";
            default -> other(text);
        };
    }

    private static String other(final String text) {
        if (text.matches("(?s)[*]\\d+\r?.*")) {
            return "Redis";
        }
        if (text.charAt(0) == 0x10
                && (text.startsWith("\0\4MQTT", 2)
                        || text.startsWith("\0\4MQTT", 3)
                        || text.startsWith("\0\6MQIs", 2))) {
            return "MQTT";
        }
        return text.chars().limit(SHORTEST_TEXT).allMatch(ForeignProtocol::isText) ? "a protocol of text" : null;
    }

    private static boolean isText(final int character) {
        return character >= ' ' && character <= '~' || character == '\r' || character == '\n';
    }
}

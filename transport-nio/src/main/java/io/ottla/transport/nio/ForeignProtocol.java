package io.ottla.transport.nio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Recognizes the protocol of a client that connected to a wrong port, by the first bytes of its connection. In most
 * protocols these bytes are not the length of a request. In the others, the broker would wait for the rest of a request
 * that never arrives, or the client for a response to one that it did not send.
 *
 * <p>Kafka does not recognize protocols: it closes the connection with a stack trace about the size of the request, or
 * waits.
 */
final class ForeignProtocol {
    /** The number of bytes that are checked; no shorter request can be mistaken for another protocol. */
    static final int LOOKED_AT_BYTES = 32;

    /** The number of bytes needed to distinguish a valid length from another protocol. */
    static final int NEEDED_BYTES = 8;

    private static final int TLS_HANDSHAKE = 0x1603;
    private static final int SHORTEST_TEXT = 4;

    private ForeignProtocol() {}

    /**
     * Checks the beginning of a connection whose first four bytes are a valid length.
     *
     * @param bytes the buffer with the received bytes.
     * @param start the position of the first.
     * @param length the number of bytes.
     * @return the protocol's name, or null if the bytes can be a request.
     */
    static String afterLength(final ByteBuffer bytes, final int start, final int length) {
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
            case 80_877_102 -> first == 16; // CancelRequest.
            case 80_877_103, 80_877_104 -> first == 8; // SSLRequest and GSSENCRequest, which wait for a response.
            case 3 << Short.SIZE -> // The startup message of version 3.0, with "user" or "database" first.
                length >= NEEDED_BYTES + Integer.BYTES
                        && (bytes.getInt(start + NEEDED_BYTES) == 0x7573_6572
                                || bytes.getInt(start + NEEDED_BYTES) == 0x6461_7461);
            default -> false;
        };
    }

    /**
     * Returns whether the bytes are a ConnectRequest of protocol version 0, with a password of 16 bytes at its end. It
     * looks like Produce v0, which no longer exists.
     */
    private static boolean isZooKeeper(
            final ByteBuffer bytes, final int start, final int length, final int first, final int second) {
        return second == 0 && (first == 44 || first == 45) && length >= 32 && bytes.getInt(start + 28) == 16;
    }

    /**
     * Checks bytes whose first four are not a valid length.
     *
     * @param bytes the buffer with the received bytes.
     * @param start the position of the first.
     * @param length the number of bytes, at least four.
     * @return the protocol that begins with these bytes, or null if it is not a known one.
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

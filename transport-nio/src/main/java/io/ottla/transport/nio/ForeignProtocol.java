package io.ottla.transport.nio;

/** Guesses what a client speaks that sends something else than a length. */
final class ForeignProtocol {
    private static final int TLS_HANDSHAKE = 0x1603;

    private ForeignProtocol() {}

    /**
     * Looks at a length that is out of bounds.
     *
     * @param firstBytes the four bytes.
     * @return the protocol that begins like that, or null if there is none that is often sent to a wrong port.
     */
    static String name(final int firstBytes) {
        if (firstBytes >>> Short.SIZE == TLS_HANDSHAKE) {
            return "TLS";
        }
        return switch (firstBytes) {
            case 0x4745_5420, // "GET "
                    0x504f_5354, // "POST"
                    0x5055_5420, // "PUT "
                    0x4845_4144, // "HEAD"
                    0x4445_4c45, // "DELE"
                    0x4f50_5449, // "OPTI"
                    0x5041_5443, // "PATC"
                    0x434f_4e4e, // "CONN"
                    0x5052_4920, // "PRI ", which HTTP/2 begins with
                    0x4854_5450 // "HTTP"
            -> "HTTP";
            case 0x5353_482d -> "SSH"; // "SSH-"
            default -> null;
        };
    }
}

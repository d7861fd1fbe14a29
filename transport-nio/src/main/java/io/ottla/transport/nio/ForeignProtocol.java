package io.ottla.transport.nio;

/** Guesses what a client speaks that sends something else than a length. */
final class ForeignProtocol {
    private ForeignProtocol() {}

    /**
     * Explains a length that can't be one.
     *
     * @param firstBytes the four bytes.
     * @return what they look like, as the end of a sentence about the client; for the log.
     */
    static String describe(final int firstBytes) {
        if ((firstBytes & 0xffff_ff00) == 0x1603_0100 || (firstBytes & 0xffff_ff00) == 0x1603_0300) {
            return "it seems to speak TLS, and this listener doesn't";
        }
        return switch (firstBytes) {
            // "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "PRI " and "HTTP".
            case 0x4745_5420,
                    0x504f_5354,
                    0x5055_5420,
                    0x4845_4144,
                    0x4445_4c45,
                    0x4f50_5449,
                    0x5041_5443,
                    0x434f_4e4e,
                    0x5052_4920,
                    0x4854_5450 -> "it seems to speak HTTP, and this port speaks the Kafka protocol";
            // "SSH-".
            case 0x5353_482d -> "it seems to speak SSH, and this port speaks the Kafka protocol";
            default -> "it does not seem to speak the Kafka protocol, or its request is too large";
        };
    }
}

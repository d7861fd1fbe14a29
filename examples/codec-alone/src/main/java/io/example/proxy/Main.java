package io.example.proxy;

import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.ApiKey;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.message.MetadataRequest;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Reads a request like a proxy, changes it, and writes it again, without any part of a broker. */
public final class Main {
    /** A Metadata request, version 9, of the client "kcat" for the topic "greetings", as sent over the network. */
    private static final String CAPTURED = "0003" + "0009" + "00000007" + "00046b636174" + "00" + "02"
            + "0a6772656574696e6773" + "00" + "01" + "00" + "00" + "00";

    private Main() {}

    /**
     * Runs the example.
     *
     * @param args none.
     */
    public static void main(final String[] args) {
        final KafkaProtocolCodec codec = new KafkaProtocolCodec();
        final RequestHeader header = new RequestHeader();
        final ByteBuffer frame = ByteBuffer.wrap(HexFormat.of().parseHex(CAPTURED));
        codec.readHeader(frame, header);
        final MetadataRequest request = (MetadataRequest) codec.readRequest(header, frame);

        check(header.apiKey() == ApiKey.METADATA.id() && "kcat".equals(header.clientId()), "the header");
        check("greetings".equals(request.topics().get(0).name()), "the topic");

        request.setAllowAutoTopicCreation(false);
        final GrowingFrameWriter out = new GrowingFrameWriter();
        codec.writeRequest(header, request, out);
        // The byte that says whether topics may be created automatically.
        check(
                HexFormat.of()
                        .formatHex(out.toByteArray())
                        .equals(CAPTURED.replace("00" + "01" + "000000", "0000000000")),
                "the changed request");

        try {
            Class.forName("io.ottla.server.Broker");
            check(false, "that no broker is here");
        } catch (final ClassNotFoundException expected) {
            System.out.println("codec-alone: " + request + ", in "
                    + (Main.class.getModule().isNamed() ? "a module" : "no module") + ", on Java "
                    + Runtime.version().feature());
        }
    }

    private static void check(final boolean holds, final String what) {
        if (!holds) {
            throw new IllegalStateException(what + " is not as it should be");
        }
    }
}

package io.ottla.jmh;

import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.KafkaProtocolCodec;
import io.ottla.codec.RequestMessage;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.ProduceRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures reading the headers of requests, without and with tagged fields. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeaderBenchmark {
    private final KafkaProtocolCodec codec = new KafkaProtocolCodec();
    private final RequestHeader header = new RequestHeader();
    private final ByteBuffer plain = frame(new ProduceRequest(), 3);
    private final ByteBuffer flexible = frame(new FetchRequest(), 17);

    private ByteBuffer frame(final RequestMessage request, final int version) {
        header.set(request.apiKey(), (short) version, 42, "benchmark-client");
        final GrowingFrameWriter writer = new GrowingFrameWriter();
        codec.writeRequest(header, request, writer);
        // Off the heap, like the transport's buffers.
        final byte[] bytes = writer.toByteArray();
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Benchmark
    public int plain() {
        codec.readHeader(plain.position(0), header);
        return header.correlationId();
    }

    @Benchmark
    public int flexible() {
        codec.readHeader(flexible.position(0), header);
        return header.correlationId();
    }
}

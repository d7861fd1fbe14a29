package io.ottla.server.partition;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.TopicConfig;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures the validation of a batch before it is appended, of which the CRC is the largest part. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchValidatorBenchmark {
    private static final LogId ID = new LogId(new UUID(1, 2), "orders", 0);

    /** The size of the batch's one value, in bytes. */
    @Param({"100", "16384"})
    int valueBytes;

    private final ManualClock clock = new ManualClock();
    private final BatchValidator validator = new BatchValidator(clock);
    private final TopicConfig config = BrokerConfig.of(Map.of()).topicDefaults();
    private ByteBuffer batch;

    @Setup
    public void prepare() {
        final ByteBuffer built = new BatchBuilder()
                .timestamp(clock.epochMs())
                .value(valueBytes, (byte) 1)
                .build();
        batch = ByteBuffer.allocateDirect(built.remaining()).put(built).flip();
        if (validate() != ErrorCode.NONE) {
            throw new IllegalStateException("the batch is not valid: " + validator.message());
        }
    }

    @Benchmark
    public ErrorCode validate() {
        final ErrorCode shape = validator.validateShape(batch, (short) 13);
        return shape == ErrorCode.NONE ? validator.validate(ID, config, config.maxDecompressedMessageBytes()) : shape;
    }
}

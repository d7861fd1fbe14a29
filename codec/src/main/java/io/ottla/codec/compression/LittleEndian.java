package io.ottla.codec.compression;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads numbers with the lowest byte first, as all of these formats have them, at any index of an array. */
final class LittleEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static int getUnsignedShort(final byte[] bytes, final int index) {
        return (short) SHORT.get(bytes, index) & 0xffff;
    }

    static int getInt(final byte[] bytes, final int index) {
        return (int) INT.get(bytes, index);
    }

    static long getLong(final byte[] bytes, final int index) {
        return (long) LONG.get(bytes, index);
    }

    static void putLong(final byte[] bytes, final int index, final long value) {
        LONG.set(bytes, index, value);
    }
}

package dev.trivet.extents;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * CRC-64/NVME, the checksum that S3 calls CRC64NVME: polynomial 0xAD93D23594C93659, bits reflected,
 * all ones before and after. Eight bytes a step, by eight tables (Kounavis and Berry, "Novel Table
 * Lookup-Based Algorithms for High-Performance CRC Generation").
 *
 * <p>Belongs to one thread.
 */
final class Crc64Nvme {
  private static final long REFLECTED_POLYNOMIAL = Long.reverse(0xAD93D23594C93659L);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** At 256 * k + b: the effect of byte b that is followed by k zero bytes. */
  private static final long[] TABLES = tables();

  private long register = -1;

  void update(byte[] bytes, int offset, int length) {
    long crc = register;
    int at = offset;
    int end = offset + length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      long x = crc ^ (long) LONGS.get(bytes, at);
      crc =
          TABLES[7 * 256 + (int) (x & 255)]
              ^ TABLES[6 * 256 + (int) (x >>> 8 & 255)]
              ^ TABLES[5 * 256 + (int) (x >>> 16 & 255)]
              ^ TABLES[4 * 256 + (int) (x >>> 24 & 255)]
              ^ TABLES[3 * 256 + (int) (x >>> 32 & 255)]
              ^ TABLES[2 * 256 + (int) (x >>> 40 & 255)]
              ^ TABLES[256 + (int) (x >>> 48 & 255)]
              ^ TABLES[(int) (x >>> 56)];
    }
    for (; at < end; at++) {
      crc = TABLES[(int) ((crc ^ bytes[at]) & 255)] ^ crc >>> 8;
    }
    register = crc;
  }

  /** The checksum of all bytes so far; 0 before the first. */
  long value() {
    return ~register;
  }

  private static long[] tables() {
    long[] tables = new long[8 * 256];
    for (int b = 0; b < 256; b++) {
      long crc = b;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ REFLECTED_POLYNOMIAL;
      }
      tables[b] = crc;
    }
    for (int i = 256; i < tables.length; i++) {
      long shorter = tables[i - 256];
      tables[i] = tables[(int) (shorter & 255)] ^ shorter >>> 8;
    }
    return tables;
  }
}

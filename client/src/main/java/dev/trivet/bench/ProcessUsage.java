package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CPU time and memory of processes at one moment, from proc(5).
 *
 * @param cpuMicros user and system time since each process began, summed
 * @param residentBytes VmRSS, summed
 */
public record ProcessUsage(long cpuMicros, long residentBytes) {
  /** Linux reports in ticks of 1/100 s on every architecture that we run on. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** Of so many processes together; INVALID_ARGUMENT if one is not there. */
  public static ProcessUsage of(List<Long> pids) {
    long cpu = 0;
    long resident = 0;
    for (long pid : pids) {
      Path folder = Path.of("/proc", Long.toString(pid));
      try {
        cpu += cpuMicros(Files.readString(folder.resolve("stat")));
        resident += residentBytes(Files.readAllLines(folder.resolve("status")));
      } catch (IOException e) {
        throw ErrorCode.INVALID_ARGUMENT.exception("cannot read process " + pid, e);
      }
    }
    return new ProcessUsage(cpu, resident);
  }

  /** The name in parentheses may hold blanks: fields are counted from the last parenthesis. */
  private static long cpuMicros(String stat) {
    String[] fields = BLANKS.split(stat.substring(stat.lastIndexOf(')') + 2), -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
  }

  private static long residentBytes(List<String> status) {
    for (String line : status) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(BLANKS.split(line, -1)[1]) * 1024;
      }
    }
    return 0;
  }
}

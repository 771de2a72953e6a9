package dev.trivet.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Clients of a cluster that somebody else runs and breaks: they are connected to all endpoints and
 * write keys and blobs from start to end.
 *
 * <p>{@code Clients HOST:PORT,...}. Each line on standard input asks for the longest time without
 * an acknowledgement since the line before, and is answered by one line, "keys MILLIS blobs
 * MILLIS". The input's end asks for the check, by way of every endpoint. Exit code 0 when every
 * promise was kept, 7 otherwise.
 */
public final class Clients {
  /** Work enough to notice a stall, and not so much that it makes one. */
  private static final long KEY_PAUSE_MILLIS = 50;

  private static final long BLOB_PAUSE_MILLIS = 200;

  private Clients() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 1) {
      System.err.println("Clients HOST:PORT,...");
      System.exit(2);
    }
    List<String> endpoints = List.of(arguments[0].split(",", -1));
    List<String> broken = new ArrayList<>();
    try (Workload keys = new KeyWorkload(endpoints, KEY_PAUSE_MILLIS);
        Workload blobs = new BlobWorkload(endpoints, BLOB_PAUSE_MILLIS)) {
      List<Workload> workloads = List.of(keys, blobs);
      workloads.forEach(Workload::start);
      answerQuestions(workloads);
      for (Workload workload : workloads) {
        workload.stop();
      }
      for (Workload workload : workloads) {
        List<String> found = workload.check();
        System.out.println(workload.summary(found));
        broken.addAll(found);
      }
    }
    Verdict.end(broken);
  }

  private static void answerQuestions(List<Workload> workloads) throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (questions.readLine() != null) {
      System.out.println(
          workloads.stream()
              .map(workload -> workload.name() + " " + workload.ledger().takeLongestGapMillis())
              .collect(Collectors.joining(" ")));
    }
  }
}

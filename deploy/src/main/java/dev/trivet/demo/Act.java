package dev.trivet.demo;

import java.io.IOException;

/** A part of the demo beside the keys: something stored before the leader dies, looked at after. */
interface Act {
  void before() throws IOException, InterruptedException;

  /** Checks what {@link #before} stored, and gives back what it holds. */
  void after() throws IOException, InterruptedException;
}

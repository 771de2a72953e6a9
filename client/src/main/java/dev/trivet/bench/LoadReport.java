package dev.trivet.bench;

/**
 * What came out.
 *
 * @param op what was done: put, get, keepalive, or the delivery of an event
 * @param clients requests outstanding, leases or watchers
 * @param seconds how long it was counted
 * @param operations answered without error
 * @param errors answered with an error, or lost with their connection
 * @param perSecond operations per second
 * @param p50Millis half of the operations took at most this long, in milliseconds
 * @param serverCpuMicrosPerOp CPU time of the watched processes per operation; 0 if none
 * @param clientCpuMicrosPerOp CPU time of this process per operation
 * @param serverRssMiB resident memory of the watched processes at the end; 0 if none
 * @param firstError text of one error, empty if there was none
 */
public record LoadReport(
    String op,
    int clients,
    double seconds,
    long operations,
    long errors,
    double perSecond,
    double p50Millis,
    double p99Millis,
    double p999Millis,
    double maxMillis,
    double serverCpuMicrosPerOp,
    double clientCpuMicrosPerOp,
    double serverRssMiB,
    String firstError) {}

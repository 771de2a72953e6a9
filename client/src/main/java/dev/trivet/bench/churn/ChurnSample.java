package dev.trivet.bench.churn;

/**
 * What happened since the sample before, what is there now, and what went wrong so far.
 *
 * @param seconds since counting began
 * @param writesPerSecond transactions that were answered without failure
 * @param p50Millis half of the writes took at most this long, in milliseconds
 * @param lists that came to their end
 * @param listsBegunAgain because their revision was compacted under way
 * @param events delivered, to all watchers together
 * @param compactions that were answered
 * @param diskMiB of all folders; 0 if none
 * @param largestDiskMiB of the largest folder
 * @param serverRssMiB resident memory of the watched processes; 0 if none
 * @param failures calls that did not succeed, since the run began
 * @param violations answers that must not be, since the run began
 */
public record ChurnSample(
    double seconds,
    double writesPerSecond,
    double p50Millis,
    double p99Millis,
    long lists,
    long listsBegunAgain,
    long events,
    long compactions,
    double diskMiB,
    double largestDiskMiB,
    double serverRssMiB,
    long failures,
    long violations) {}

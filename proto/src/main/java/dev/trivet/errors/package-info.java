/**
 * The one table of errors.
 *
 * <p>{@link dev.trivet.errors.ErrorCode} has a row for each way in which Trivet says no: gRPC
 * status and text (etcd's own words where etcd's clients match them), S3 code, HTTP status, errno,
 * exit code and what to do next. The floors of a node throw {@link
 * dev.trivet.errors.TrivetException}; only the edge turns it into a status, and only by this table.
 * The client reads the row's name from the metadata {@code trivet-error} and finds the same row.
 *
 * <p>It must not know: any floor of the server, any class of the client.
 */
@NullMarked
package dev.trivet.errors;

import org.jspecify.annotations.NullMarked;

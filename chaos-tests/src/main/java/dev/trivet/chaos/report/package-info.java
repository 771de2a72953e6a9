/**
 * What is left of a run for a reader: one HTML file without anything from outside, or JSON.
 *
 * <p>Start reading at {@link dev.trivet.chaos.report.Run}, which is all that a report can show. A
 * harness fills it in; {@link dev.trivet.chaos.report.HtmlReport} and {@link
 * dev.trivet.chaos.report.JsonReport} are functions of it. {@link dev.trivet.chaos.report.Chart}
 * draws rates and latencies with the faults behind them, {@link
 * dev.trivet.chaos.report.OperationTimeline} the calls around a broken promise. All text is escaped
 * by {@link dev.trivet.chaos.report.Markup}: what nodes and clients say is not ours.
 */
@NullMarked
package dev.trivet.chaos.report;

import org.jspecify.annotations.NullMarked;

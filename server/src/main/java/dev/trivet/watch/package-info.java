/**
 * Events of applied revisions, fanned out to watchers: in order, without gap or duplicate, a slow
 * watcher never slows the apply thread.
 *
 * <p>Start reading at {@link dev.trivet.watch.WatchHub}. The apply thread only drops changes into a
 * bounded feed; one dispatcher thread owns all watchers. What did not fit into the feed, and what a
 * late or slow watcher missed, is read back through {@link dev.trivet.watch.EventSource}.
 *
 * <p>It must not know: how events are stored, how a watcher's stream is sent.
 */
@NullMarked
package dev.trivet.watch;

import org.jspecify.annotations.NullMarked;

/**
 * Events of applied revisions, fanned out to watchers: in order, without gap or duplicate, a slow
 * watcher never slows the apply thread.
 */
@NullMarked
package dev.trivet.watch;

import org.jspecify.annotations.NullMarked;

/** Tests of the volume driver: as the engine sees it, and its table of mounts by itself. */
@NullMarked
package dev.trivet.plugin;

import org.jspecify.annotations.NullMarked;

/** Tests of mounted volumes against real nodes, each a process. */
@NullMarked
package dev.trivet.mount;

import org.jspecify.annotations.NullMarked;

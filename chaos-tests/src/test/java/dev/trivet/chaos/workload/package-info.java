/** Tests of what clients ask. */
@NullMarked
package dev.trivet.chaos.workload;

import org.jspecify.annotations.NullMarked;

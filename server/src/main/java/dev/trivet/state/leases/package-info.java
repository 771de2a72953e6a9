/** Leases, and what is due. */
@NullMarked
package dev.trivet.state.leases;

import org.jspecify.annotations.NullMarked;

/** Tests of the numbers of calls that fail. */
@NullMarked
package dev.trivet.chaos.nth;

import org.jspecify.annotations.NullMarked;

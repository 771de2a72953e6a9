/** Tests that look at the node as a whole: its floors. */
@NullMarked
package dev.trivet;

import org.jspecify.annotations.NullMarked;

/** Tests of whole nodes. */
@NullMarked
package dev.trivet.node;

import org.jspecify.annotations.NullMarked;

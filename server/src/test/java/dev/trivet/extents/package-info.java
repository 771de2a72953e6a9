/** Tests of the extent floor; ExtentNode wires a node's extents as the node would. */
@NullMarked
package dev.trivet.extents;

import org.jspecify.annotations.NullMarked;

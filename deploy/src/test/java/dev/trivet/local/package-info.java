/** Tests of the client against three real nodes, each a process of its own. */
@NullMarked
package dev.trivet.local;

import org.jspecify.annotations.NullMarked;

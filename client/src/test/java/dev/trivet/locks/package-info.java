/** Tests of locks and elections. */
@NullMarked
package dev.trivet.locks;

import org.jspecify.annotations.NullMarked;

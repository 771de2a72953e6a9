/** Tests of what is read from programs and tables of the kernel. */
@NullMarked
package dev.trivet.chaos.environment;

import org.jspecify.annotations.NullMarked;

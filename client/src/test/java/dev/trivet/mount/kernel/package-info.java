/** Tests of the kernel's protocol on the kernel of this machine. */
@NullMarked
package dev.trivet.mount.kernel;

import org.jspecify.annotations.NullMarked;

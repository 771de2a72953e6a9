/** Tests of the mount. */
@NullMarked
package dev.trivet.mount;

import org.jspecify.annotations.NullMarked;

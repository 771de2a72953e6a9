/** Tests of the package of the same name. */
@NullMarked
package dev.trivet.launch;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package dev.trivet.logs;

import org.jspecify.annotations.NullMarked;

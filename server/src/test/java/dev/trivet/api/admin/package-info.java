/** The service Admin over three real nodes. */
@NullMarked
package dev.trivet.api.admin;

import org.jspecify.annotations.NullMarked;

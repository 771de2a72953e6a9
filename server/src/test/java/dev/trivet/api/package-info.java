/** The API over three real replicas in one process. */
@NullMarked
package dev.trivet.api;

import org.jspecify.annotations.NullMarked;

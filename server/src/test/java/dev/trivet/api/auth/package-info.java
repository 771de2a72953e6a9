/** Tests of the guard on a real cluster. */
@NullMarked
package dev.trivet.api.auth;

import org.jspecify.annotations.NullMarked;

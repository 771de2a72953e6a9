/** Accounts whose sum stays: money is moved between them and never made. */
@NullMarked
package dev.trivet.chaos.history.bank;

import org.jspecify.annotations.NullMarked;

/** Tests of the store floor: promises, and seeded programs against a plain model. */
@NullMarked
package dev.trivet.store;

import org.jspecify.annotations.NullMarked;

/** Tests of the state floor: promises, and seeded programs against a plain model. */
@NullMarked
package dev.trivet.state;

import org.jspecify.annotations.NullMarked;

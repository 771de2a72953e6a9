/** The pages of a node's health. */
@NullMarked
package dev.trivet.api.health;

import org.jspecify.annotations.NullMarked;

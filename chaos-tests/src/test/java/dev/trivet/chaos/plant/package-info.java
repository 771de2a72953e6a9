@NullMarked
package dev.trivet.chaos.plant;

import org.jspecify.annotations.NullMarked;

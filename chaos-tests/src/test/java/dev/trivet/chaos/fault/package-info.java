/** Tests of what needs no cluster: schedules, damage to files. */
@NullMarked
package dev.trivet.chaos.fault;

import org.jspecify.annotations.NullMarked;

/** The reports of made-up runs. */
@NullMarked
package dev.trivet.chaos.report;

import org.jspecify.annotations.NullMarked;

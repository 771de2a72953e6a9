/** Tests of the service Volumes over three nodes. */
@NullMarked
package dev.trivet.api.volumes;

import org.jspecify.annotations.NullMarked;

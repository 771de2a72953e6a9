/** Tests of what the agent asks of Docker and reads from it; a real engine is in the swarm test. */
@NullMarked
package dev.trivet.plugin.agent;

import org.jspecify.annotations.NullMarked;

/**
 * Keeps Docker's volume driver running on one server of a swarm. A swarm service cannot open {@code
 * /dev/fuse} (swarm ignores {@code devices}), so a global service runs this agent, and the agent
 * has the engine of its server run the driver as a plain container.
 *
 * <p>Start reading at {@link VolumeAgent}; {@link DriverContainer} says what the container is given
 * and {@link DockerEngine} speaks to the engine's unix socket. The agent is one thread and holds no
 * state: what it needs to know it asks the engine. It must not know how the driver works, nor talk
 * to Trivet's nodes. Access to the engine's socket is root on the server: the agent opens no port.
 */
@NullMarked
package dev.trivet.plugin.agent;

import org.jspecify.annotations.NullMarked;

/**
 * The volume driver for Docker: version 1 of the engine's volume plugin API ({@code
 * docs.docker.com/engine/extend/plugins_volume}), HTTP/1.1 on a unix socket.
 *
 * <p>Start at {@link dev.trivet.plugin.VolumePlugin}, which wires and owns the rest. {@link
 * dev.trivet.plugin.PluginSocket} speaks HTTP, {@link dev.trivet.plugin.VolumeDriver} the engine's
 * calls, {@link dev.trivet.plugin.LiveMounts} keeps this server's mounts and who uses each.
 *
 * <p>Promise: every call is answered within two seconds, whatever the cluster does; the engine
 * would otherwise stand still with all its containers. Work that is late goes on, and the next call
 * for it finds it done. Nothing is kept on disk: mounts end with the process that serves them, so a
 * plugin that starts has none, detaches what an earlier one left, and takes an Unmount of an id
 * that it never saw as done.
 *
 * <p>Event loops only carry bytes; calls run on virtual threads.
 */
@NullMarked
package dev.trivet.plugin;

import org.jspecify.annotations.NullMarked;

/**
 * Listening sockets that the parent process has opened for this one, as systemd does (sd_listen_fds(3)): the
 * port stays open while the program restarts, and connections wait meanwhile instead of being refused.
 */

const FIRST_DESCRIPTOR = 3;
const SOCKETS_MAX = 64;

/** The descriptors, in the order of the unit's lines; none if they are meant for another process. */
export function inheritedSockets(
  { LISTEN_PID, LISTEN_FDS = '' }: Readonly<Record<string, string | undefined>>,
  pid: number,
): number[] {
  if (LISTEN_PID !== String(pid) || !/^\d{1,3}$/.test(LISTEN_FDS)) return [];
  const count = Math.min(Number(LISTEN_FDS), SOCKETS_MAX);
  return Array.from({ length: count }, (_, i) => FIRST_DESCRIPTOR + i);
}

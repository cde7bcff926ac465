/** A client's connection as a wire. */

import type { Socket } from 'node:net';
import { adopt } from '../listener/adopt.ts';
import { BARE, type StreamHandle } from '../relay/bare-handles.ts';
import { HandleWire } from '../relay/handle-wire.ts';
import { SocketWire } from '../relay/socket-wire.ts';
import type { JoinedWire, WireUser } from '../relay/wire.ts';
import { takeHandle } from '../socket-handle.ts';

/** @param socket paused, or read so far. The wire is read from its first `resume` on */
export function acceptedWire(socket: Socket, user: WireUser): JoinedWire {
  const handle = BARE === undefined ? undefined : (takeHandle(socket) as StreamHandle | undefined);
  if (BARE !== undefined && handle !== undefined) {
    // After a PROXY header it is being read, and could not be told to begin.
    handle.readStop();
    return new HandleWire(user, handle, BARE);
  }
  return new SocketWire(user, (received) => adopt(socket, received));
}

/**
 * The one buffer into which all sockets are read: what a read brings is used up before the event loop
 * turns to the next socket, and whoever wants to keep bytes copies them.
 */

const READ_BYTES = 64 * 1024;

export const INPUT_BUFFER: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);

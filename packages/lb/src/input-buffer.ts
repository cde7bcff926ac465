/**
 * The one buffer into which all sockets are read: what a read brings is used up before the event loop
 * turns to the next socket, and bytes that must be kept are copied.
 */

const READ_BYTES = 64 * 1024;

export const INPUT_BUFFER: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);

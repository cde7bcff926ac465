/** What the system says where it does not let us listen, or open a file at the start, in a line for operators. */

import { formatAddress } from '@evenkeel/config';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'no such host',
  ENOENT: 'no such directory',
  EISDIR: 'it is a directory',
  ENOTSOCK: 'another file is there, which is no socket',
};

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  /** The listener of this program itself that has the address. */
  readonly heldBy?: string;
}

/** One line about what the system refused; undefined if it is not the system's refusal. */
export function listenFailure(error: unknown): string | undefined {
  const { code, syscall, path, address, port, hostname, heldBy } = error as SystemError;
  if (code === undefined) return undefined;
  const reason = REASONS[code] ?? code;
  if (syscall === 'open') return `cannot open ${path}: ${reason}`;
  const where = hostname ?? (address === undefined ? '' : placeOf(address, port));
  const own = heldBy === undefined ? '' : ` by ${heldBy}, which only a restart gives up`;
  return `cannot listen on ${where}: ${reason}${own}`;
}

/** The system calls the path of a Unix socket an address, and gives it no port. */
function placeOf(address: string, port = 0): string {
  const isPath = address.startsWith('/');
  return formatAddress(isPath ? { host: '', port: 0, unix: address } : { host: address, port });
}

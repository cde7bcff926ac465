/** A DNS server on loopback, UDP and TCP at one port, that answers whatever a test wants. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Answer, decode, encode } from 'dns-packet';

const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
type Rcode = keyof typeof RCODES;

/** A question as it came. */
export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly via: 'udp' | 'tcp';
  readonly id: number;
}

/** What is answered: records, a code, exactly these messages, or nothing. */
export interface Reply {
  readonly rcode?: Rcode;
  readonly answers?: readonly Answer[];
  readonly isTruncated?: boolean;
  readonly raw?: readonly Buffer[];
}

/** The bytes of an answer. */
export function encodeReply(
  { id, name, type }: Pick<Asked, 'id' | 'name' | 'type'>,
  { rcode = 'NOERROR', answers = [], isTruncated = false }: Reply,
): Buffer {
  return encode({
    type: 'response',
    id,
    flags: 0x0180 | RCODES[rcode] | (isTruncated ? 0x0200 : 0),
    questions: [{ type: type as 'A', name, class: 'IN' }],
    answers: [...answers],
  });
}

export const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl });
export const aaaa = (name: string, data: string, ttl = 60): Answer => ({
  type: 'AAAA',
  name,
  data,
  ttl,
});
export const srv = (
  name: string,
  [priority, weight, port, target]: readonly [number, number, number, string],
  ttl = 60,
): Answer => ({ type: 'SRV', name, ttl, data: { priority, weight, port, target } });

/** A running server. */
export class DnsServer {
  readonly #udp = createSocket('udp4');
  readonly #tcp = createServer((socket) => this.#serveTcp(socket));
  readonly #sockets = new Set<Socket>();
  readonly asked: Asked[] = [];
  /** What is answered; undefined is silence. */
  reply: (asked: Asked) => Reply | undefined = () => ({ rcode: 'NXDOMAIN' });
  port = 0;

  static async start(): Promise<DnsServer> {
    const server = new DnsServer();
    server.#tcp.listen(0, '127.0.0.1');
    await once(server.#tcp, 'listening');
    server.port = (server.#tcp.address() as AddressInfo).port;
    server.#udp.bind(server.port, '127.0.0.1');
    await once(server.#udp, 'listening');
    server.#udp.on('message', (bytes, { port, address }) => {
      for (const answer of server.#answersTo(bytes, 'udp')) server.#udp.send(answer, port, address);
    });
    return server;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Answers from a list of records: those of the name and type; no such name where it has none. */
  serve(records: readonly Answer[]): void {
    this.reply = ({ name, type }) => {
      const own = records.filter((record) => record.name.toLowerCase() === name.toLowerCase());
      if (own.length === 0) return { rcode: 'NXDOMAIN' };
      return { answers: own.filter((record) => record.type === type) };
    };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#tcp, 'close');
    this.#tcp.close();
    this.#udp.close();
    await closed;
  }

  #answersTo(bytes: Buffer, via: Asked['via']): readonly Buffer[] {
    const { id = 0, questions = [] } = decode(bytes);
    const { name, type } = questions[0]!;
    const asked = { name, type, via, id };
    this.asked.push(asked);
    const reply = this.reply(asked);
    if (reply === undefined) return [];
    return reply.raw ?? [encodeReply(asked, reply)];
  }

  #serveTcp(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      for (const answer of this.#answersTo(bytes.subarray(2), 'tcp')) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        // In two parts, as a network may deliver it.
        socket.write(Buffer.concat([length, answer.subarray(0, 5)]));
        socket.write(answer.subarray(5));
      }
    });
  }
}

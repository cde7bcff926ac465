/** A lab as the fragment of an address: deflated JSON in base64url. A fragment never leaves the browser. */

import { checkLabFile, type LabFile, LabFileError } from './lab-file.ts';

/** Longer addresses are cut or refused by too many programs. */
export const ADDRESS_MAX = 8000;
/** A short fragment must not become a gigabyte. */
const INFLATED_MAX = 1_000_000;
const PREFIX = '#lab=';

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransform): Promise<Blob> {
  const readable = new Blob([bytes]).stream().pipeThrough(stream);
  const reader = readable.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks);
    length += value.length;
    if (length > INFLATED_MAX) throw new LabFileError('the address holds more than a megabyte');
    chunks.push(value);
  }
}

type GenericTransform = ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;

interface ReadableWritablePair<R, W> {
  readonly readable: ReadableStream<R>;
  readonly writable: WritableStream<W>;
}

/** The fragment of an address, `#` included. */
export async function toFragment(file: LabFile): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(file));
  const packed = await through(text, new CompressionStream('deflate-raw') as GenericTransform);
  const bytes = new Uint8Array(await packed.arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const base64 = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return `${PREFIX}${base64}`;
}

/**
 * What a fragment holds; undefined if it is none of ours.
 * @throws {LabFileError} or {ScenarioError} in one line
 */
export async function fromFragment(fragment: string): Promise<LabFile | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined;
  const base64 = fragment.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/');
  let input: unknown;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const stream = new DecompressionStream('deflate-raw') as GenericTransform;
    const text = await through(bytes, stream);
    input = JSON.parse(await text.text());
  } catch (cause) {
    if (cause instanceof LabFileError) throw cause;
    throw new LabFileError('the address is damaged: it was cut, or changed on its way', { cause });
  }
  return checkLabFile(input, 'the address');
}

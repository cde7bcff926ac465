/**
 * A histogram as bytes in HdrHistogram's V2 format, which its implementations in all languages read:
 * a header of 40 bytes, then the counts up to the last cell as ZigZag LEB128 numbers, a run of n
 * empty cells as −n. (HdrHistogram's AbstractHistogram.java, encodeIntoByteBuffer.) Compression and
 * base64, which results.json adds, are left to callers that have zlib.
 */

import { CELLS_MAX, Histogram, LARGEST_US } from './histogram.ts';

/** V2 with counts of variable length. */
const COOKIE = 0x1c849313;
const HEADER_BYTES = 40;
const DIGITS = 3;
/** A LEB128 number has at most so many bytes here. */
const NUMBER_BYTES_MAX = 9;
const TWO_32 = 2 ** 32;

/** The histogram's counts as V2 bytes, uncompressed. */
export function encodeHdrV2(histogram: Histogram): Uint8Array {
  const payload = encodedCounts(histogram);
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, COOKIE);
  view.setInt32(4, payload.length);
  view.setInt32(8, 0); // The offset of rotated counts: none.
  view.setInt32(12, DIGITS);
  view.setUint32(16, 0);
  view.setUint32(20, 1); // The lowest value that is told from 0, as 64 bits.
  view.setUint32(24, Math.floor(LARGEST_US / TWO_32));
  view.setUint32(28, LARGEST_US % TWO_32);
  view.setFloat64(32, 1); // The ratio for histograms of fractions.
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/**
 * Reads V2 bytes back. Mean and maximum are then those of the cells.
 * @throws {RangeError} if the bytes are no V2 histogram of whole numbers with three digits
 */
export function decodeHdrV2(bytes: Uint8Array): Histogram {
  if (bytes.length < HEADER_BYTES) throw new RangeError('a V2 histogram has at least 40 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getInt32(0) !== COOKIE) throw new RangeError('not a V2 histogram');
  const lowest = view.getUint32(16) * TWO_32 + view.getUint32(20);
  // The offset of rotated counts is not looked at: the JavaScript library writes 1 and means none.
  if (view.getInt32(12) !== DIGITS || lowest !== 1) {
    throw new RangeError('expected a V2 histogram from 1 on with three significant digits');
  }
  const end = HEADER_BYTES + view.getInt32(4);
  if (end < HEADER_BYTES || end > bytes.length) throw new RangeError('a V2 histogram is cut short');
  const histogram = new Histogram();
  const at = { place: HEADER_BYTES };
  for (let cell = 0; at.place < end; ) {
    const value = readNumber(bytes, at, end);
    if (value < 0) cell -= value;
    else {
      if (cell >= CELLS_MAX) throw new RangeError('a V2 histogram has counts beyond 25 days');
      if (value > 0) histogram.addCell(cell, value);
      cell++;
    }
  }
  return histogram;
}

function encodedCounts(histogram: Histogram): Uint8Array {
  const bytes: number[] = [];
  let empty = 0;
  for (let cell = 0; cell < histogram.cellLimit; cell++) {
    const count = histogram.countAt(cell);
    if (count === 0) {
      empty++;
      continue;
    }
    // One empty cell is a count of 0; several are a run. Those after the last count are left out.
    if (empty > 0) writeNumber(bytes, empty === 1 ? 0 : -empty);
    empty = 0;
    writeNumber(bytes, count);
  }
  return Uint8Array.from(bytes);
}

/** ZigZag: 0, −1, 1, −2 … become 0, 1, 2, 3 …; then seven bits per byte, the lowest first. */
function writeNumber(bytes: number[], value: number): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function readNumber(bytes: Uint8Array, at: { place: number }, end: number): number {
  let rest = 0;
  let scale = 1;
  for (let i = 0; i < NUMBER_BYTES_MAX; i++) {
    if (at.place >= end) throw new RangeError('a V2 histogram is cut short');
    const byte = bytes[at.place++] as number;
    rest += (byte % 128) * scale;
    scale *= 128;
    if (byte < 128) return rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2;
  }
  throw new RangeError('a number of a V2 histogram is too long');
}

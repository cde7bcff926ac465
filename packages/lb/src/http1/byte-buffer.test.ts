/** One memory for many messages: what has been sent is what arrives, however slowly it is taken. */

import { expect, test } from 'vitest';
import { accepted as receiver, client as sender } from '../../test/support/socket-pair.ts';
import { ByteBuffer } from './byte-buffer.ts';

async function arrived(): Promise<Buffer> {
  sender.end();
  const chunks: Buffer[] = [];
  for await (const chunk of receiver) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The message with this number: long ones and short ones, each unlike its neighbours. */
function message(i: number): Buffer {
  return Buffer.alloc(i % 7 === 0 ? 70_000 : (i * 37) % 900, `${i}.`);
}

test('what a socket has kept stays as it was, whatever is written afterwards', async () => {
  const buffer = new ByteBuffer(96 * 1_024);
  const sent: Buffer[] = [];
  let kept = 0;
  for (let i = 1; kept < 40; i++) {
    const body = message(i);
    buffer.text(`${i}:`);
    buffer.take(Buffer.concat([Buffer.from('<'), body, Buffer.from('>')]), 1, 1 + body.length);
    buffer.sendTo(sender);
    buffer.clear();
    sent.push(Buffer.from(`${i}:`), body);
    if (sender.writableLength > 0) kept += 1;
  }
  expect(Buffer.compare(await arrived(), Buffer.concat(sent))).toBe(0);
});

test('a message may be sent in parts, and again from its beginning', async () => {
  const buffer = new ByteBuffer(4);
  buffer.text('head,');
  buffer.sendTo(sender);
  const sentBytes = buffer.length;
  buffer.text('body');
  buffer.sendTo(sender, sentBytes);
  buffer.sendTo(sender);
  expect((await arrived()).toString()).toBe('head,bodyhead,body');
});

test('bytes go in and out unchanged, one character for each', async () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const buffer = new ByteBuffer(16);
  buffer.text(all.toString('latin1'));
  buffer.take(all, 0, 256);
  expect(buffer.length).toBe(512);
  buffer.sendTo(sender);
  expect(await arrived()).toEqual(Buffer.concat([all, all]));
});

test('what a socket has kept stays as it was when bytes are put in place of others', async () => {
  const buffer = new ByteBuffer(16);
  const body = 'x'.repeat(500_000);
  let sent = 0;
  for (; sender.writableLength === 0; sent++) {
    buffer.clear();
    buffer.text(`1${body}`);
    buffer.sendTo(sender);
  }
  buffer.overwrite(0, '2');
  buffer.sendTo(sender);
  expect((await arrived()).toString().replaceAll(body, '')).toBe(`${'1'.repeat(sent)}2`);
});

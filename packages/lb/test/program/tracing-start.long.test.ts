/** Tracing of the program itself: what it loads, and how it ends. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDeafListener } from '../support/deaf-listener.ts';
import { type Backend, killPrograms, startBackend, startProgram } from './support.ts';

/** For a program that is started with this, no package of OpenTelemetry's is there. */
const WITHOUT = `--import=data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      const isOurs = specifier.startsWith('@opentelemetry/') && context.parentURL?.includes('/lb/src/');
      if (!isOurs) return next(specifier, context);
      return next(specifier + '-is-missing', context);
    },
  });
`)}`;

const TRACEPARENT = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const OFF = ['is off where it is not asked for: nothing is loaded', '', /^(?!.*tracing)/s] as const;
const MISSING = [
  'names a package that is missing, and serves without traces',
  'http://127.0.0.1:4318',
  /tracing: @opentelemetry\/\S+ is not installed \(npm install .*\); no traces are sent/,
] as const;

let backend: Backend;
let received: string | undefined;

beforeEach(async () => {
  backend = await startBackend('a');
  backend.behave = ({ headers }, response) => {
    received = String(headers.traceparent);
    response.end('a');
  };
});

afterEach(async () => {
  await killPrograms();
  await backend.stop();
});

const args = (): string[] => ['--port', '0', '--backends', backend.url, '--health', 'off'];

test.each([OFF, MISSING])('the program %s', async (_, endpoint, told) => {
  const environment = { NODE_OPTIONS: WITHOUT, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const program = await startProgram(args(), environment);
  const response = await fetch(program.url, { headers: { traceparent: TRACEPARENT } });
  expect(response.status).toBe(200);
  expect(received).toBe(TRACEPARENT);
  expect(program.stderr).toMatch(told);
});

test('a collector that takes nothing holds up the end of the program for a second at most', async () => {
  const deaf = await startDeafListener();
  const program = await startProgram(args(), {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${deaf.address}`,
    OTEL_BSP_MAX_QUEUE_SIZE: '4',
  });
  for (let i = 0; i < 20; i++) await (await fetch(program.url)).text();
  const begun = performance.now();
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  // The exporter itself would wait for ten.
  expect(performance.now() - begun).toBeLessThan(9_000);
  expect(program.stderr).toContain('tracing: the last spans could not be sent in time');
  await deaf.stop();
});

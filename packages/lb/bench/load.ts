/** One run of wrk: closed loop, one thread, and what it reports. */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Scenario {
  readonly name: string;
  readonly path: string;
  /** Bytes of a POST body; absent: GET. */
  readonly bodyBytes?: number;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'small GET (100 B)', path: '/small' },
  { name: '16 KiB GET', path: '/big' },
  { name: '1 KiB POST', path: '/post', bodyBytes: 1024 },
];

export interface LoadResult {
  readonly requests: number;
  readonly durationUs: number;
  readonly p99Us: number;
  /** Responses other than 2xx and 3xx, and connections that failed. */
  readonly errors: number;
}

export interface LoadOptions {
  readonly core: number;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Where the script for wrk may be written. */
  readonly folder: string;
}

/** Loads the port and waits for the end. */
export async function load(scenario: Scenario, options: LoadOptions): Promise<LoadResult> {
  const script = join(options.folder, 'report.lua');
  writeFileSync(script, scriptFor(scenario));
  const url = `http://127.0.0.1:${options.port}${scenario.path}`;
  const wrk = [
    'wrk',
    '-t1',
    `-c${options.connections}`,
    `-d${options.seconds}s`,
    '-s',
    script,
    url,
  ];
  const { stdout } = await promisify(execFile)('taskset', ['-c', String(options.core), ...wrk]);
  const line = /^RESULT (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout);
  if (line === null) throw new Error(`wrk reported nothing: ${stdout}`);
  const [requests = 0, durationUs = 0, p99Us = 0, errors = 0] = line.slice(1).map(Number);
  return { requests, durationUs, p99Us, errors };
}

function scriptFor({ bodyBytes }: Scenario): string {
  const post = `wrk.method = "POST"\nwrk.body = string.rep("x", ${bodyBytes ?? 0})\n`;
  return `${bodyBytes === undefined ? '' : post}function done(s, l, r)
  local e = s.errors
  io.write(string.format("RESULT %d %d %d %d\\n", s.requests, s.duration, l:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

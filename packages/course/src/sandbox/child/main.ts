/**
 * The process that holds a submission: loads it, then answers one question at a time. Reading blocks, so
 * that nothing of the submission runs between questions, neither timers nor promises.
 */

import { Buffer } from 'node:buffer';
import { readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createContext, runInContext, SourceTextModule, SyntheticModule } from 'node:vm';
import * as core from '@evenkeel/core';
import { type Answer, type Question, SUBMISSION_NAME } from '../protocol.ts';
import { ContractError, faultOf, nameOf } from './fault.ts';
import { harden } from './hardening.ts';
import { Instances } from './instances.ts';

const QUESTIONS = 4;
const ANSWERS = 3;
const OUTPUT = 1;
const BUFFER_BYTES = 1 << 16;

setFlagsFromString('--expose-gc');
const collect = runInContext('gc', createContext()) as () => void;
// Taken from the global: importing node:process would open standard input, and reading no longer block.
const { memoryUsage } = process;
/** Buffers included: they lie outside the heap. */
const heapBytes = (): number => {
  const { heapUsed, external } = memoryUsage();
  return heapUsed + external;
};
const { parse, stringify } = JSON;

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let from = 0;
  while (from < bytes.length) from += writeSync(fd, bytes, from);
}

/** Lines from a descriptor, each waited for. */
function lineReader(fd: number): () => string | undefined {
  const chunk = Buffer.alloc(BUFFER_BYTES);
  let pending = '';
  return () => {
    for (;;) {
      const end = pending.indexOf('\n');
      if (end >= 0) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 1);
        return line;
      }
      const count = readSync(fd, chunk);
      if (count === 0) return undefined;
      pending += chunk.toString('utf8', 0, count);
    }
  };
}

/** Compiled as it stands, types replaced by spaces: lines are those of the student's file. */
async function load(folder: string): Promise<unknown> {
  const source = readFileSync(join(folder, 'submission.js'), 'utf8');
  const names = Object.keys(core);
  const known = new SyntheticModule(names, () => {
    for (const name of names) known.setExport(name, (core as Record<string, unknown>)[name]);
  });
  const submission = new SourceTextModule(source, { identifier: SUBMISSION_NAME });
  await submission.link((specifier) => {
    if (specifier === '@evenkeel/core') return known;
    throw new Error(`only @evenkeel/core can be imported, not ${specifier}`);
  });
  await submission.evaluate();
  return (submission.namespace as { default?: unknown }).default;
}

/** JSON has no NaN and no infinity: they travel by name. @throws {ContractError} for a promise */
function plain(method: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (nameOf(value) === 'a Promise') throw new ContractError(`${method} returned a Promise`);
  return value;
}

function answer(instances: Instances, question: Question): Answer {
  switch (question.op) {
    case 'create':
      return { ok: true, value: instances.create(question) };
    case 'pick':
      return { ok: true, value: instances.get(question.id).pick(question) };
    case 'hooks': {
      const instance = instances.get(question.id);
      for (const hook of question.hooks) instance.hear(hook);
      return { ok: true };
    }
    case 'call': {
      const { clock, object } = instances.get(question.id);
      clock.advanceTo(question.nowMs);
      const value = object[question.method]?.(...question.args);
      return { ok: true, value: plain(question.method, value) };
    }
    case 'drop':
      instances.drop(question.id);
      return { ok: true };
    case 'churn':
      return {
        ok: true,
        value: instances.get(question.id).churn(question.picks, collect, heapBytes),
      };
  }
}

function respond(reply: Answer): void {
  writeAll(ANSWERS, `${stringify(reply)}\n`);
}

function serve(instances: Instances): void {
  const nextLine = lineReader(QUESTIONS);
  for (let line = nextLine(); line !== undefined; line = nextLine()) {
    try {
      respond(answer(instances, parse(line) as Question));
    } catch (error) {
      respond({ ok: false, fault: faultOf(error) });
    }
  }
}

harden((text) => writeAll(OUTPUT, text));
try {
  const instances = new Instances(await load(import.meta.dirname));
  respond({ ok: true });
  serve(instances);
} catch (error) {
  respond({ ok: false, fault: faultOf(error) });
}

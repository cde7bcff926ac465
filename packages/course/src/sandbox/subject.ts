/** A submission as the judge asks it: question, answer, and what can go wrong in between. */

import type { Limits } from './limits.ts';
import { collect, empty, type Letter, type Mailbox } from './mailbox.ts';
import type { Answer, Fault, Question } from './protocol.ts';
import { SUBMISSION_NAME } from './protocol.ts';

/** What the judge asks of the thread that holds the pipes. */
export type HolderRequest =
  | { readonly type: 'start' }
  | { readonly type: 'ask'; readonly line: string }
  | { readonly type: 'kill'; readonly why: string };

/** The submission is at fault. `gone`: its process cannot be asked any more. */
export class SubjectError extends Error {
  override readonly name = 'SubjectError';
  readonly kind: 'fault' | 'timeout' | 'gone';

  constructor(kind: 'fault' | 'timeout' | 'gone', message: string) {
    super(message);
    this.kind = kind;
  }
}

const LAST_WORDS_MS = 10_000;

/** What breaks the contract says itself what is meant; what is thrown, where. */
function told(method: string, { message, line, kind }: Fault): string {
  if (kind === 'contract') return message;
  const where = line === undefined ? '' : ` (${SUBMISSION_NAME}:${line})`;
  const verb = message.startsWith('threw') ? '' : 'threw ';
  return `${method} ${verb}${message}${where}`.trim();
}

function methodOf(question: Question): string {
  switch (question.op) {
    case 'create':
      return 'the factory:';
    case 'pick':
      return 'pick:';
    case 'call':
      return `${question.method}:`;
    default:
      return 'a hook:';
  }
}

/** See the head of this file. */
export class Subject {
  readonly #box: Mailbox;
  readonly #post: (request: HolderRequest) => void;
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  #isRunning = false;
  #calls = 0;
  #deaths = 0;
  #lastDeath = '';
  #lastId = 0;
  #fault: SubjectError | undefined;

  constructor(
    box: Mailbox,
    post: (request: HolderRequest) => void,
    limits: Limits,
    nowMs: () => number,
  ) {
    this.#box = box;
    this.#post = post;
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
  }

  /** So many of its processes have ended early that there is no point in another. */
  get isGivenUp(): boolean {
    return this.#deaths >= this.#limits.deaths;
  }

  /** True while its process can be asked: objects made earlier are still there. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** The first fault since it was last forgotten, also if the caller has caught it. */
  get fault(): SubjectError | undefined {
    return this.#fault;
  }

  forgetFault(): void {
    this.#fault = undefined;
  }

  /** @throws {SubjectError} */
  ask(question: Question): Extract<Answer, { ok: true }> {
    try {
      return this.#ask(question);
    } catch (error) {
      if (error instanceof SubjectError) this.#fault ??= error;
      throw error;
    }
  }

  #ask(question: Question): Extract<Answer, { ok: true }> {
    if (!this.#isRunning) this.#start();
    if (++this.#calls > this.#limits.calls) {
      throw this.#end('gone', `more than ${this.#limits.calls} questions would be needed`);
    }
    const method = methodOf(question);
    empty(this.#box);
    this.#post({ type: 'ask', line: JSON.stringify(question) });
    return this.#read(method, this.#limits.callMs);
  }

  #start(): void {
    if (this.isGivenUp) throw new SubjectError('gone', `not run: ${this.#lastDeath}`);
    empty(this.#box);
    this.#post({ type: 'start' });
    this.#isRunning = true;
    this.#read('loading:', this.#limits.loadMs, true);
  }

  #read(method: string, limitMs: number, isLoading = false): Extract<Answer, { ok: true }> {
    const leftMs = this.#startedMs + this.#limits.exerciseMs - this.#nowMs();
    if (leftMs <= 0) {
      throw this.#end(
        'timeout',
        `all checks together took more than ${this.#limits.exerciseMs} ms`,
      );
    }
    const letter = collect(this.#box, Math.min(limitMs, leftMs));
    if (letter.kind === 'late') {
      throw this.#end('timeout', `${method} no answer within ${limitMs} ms (an endless loop?)`);
    }
    if (letter.kind === 'ended') {
      this.#isRunning = false;
      this.#deaths++;
      this.#lastDeath = `${method} ${letter.text}`;
      throw new SubjectError('gone', `${method} ${letter.text}`);
    }
    const answer = this.#parse(letter, method);
    if (answer.ok) return answer;
    const message = told(method, answer.fault);
    // A module that could not be loaded answers nothing more.
    if (isLoading) throw this.#end('gone', message, this.#limits.deaths);
    throw new SubjectError('fault', message);
  }

  #parse(letter: Letter & { text: string }, method: string): Answer {
    try {
      const answer: unknown = JSON.parse(letter.text);
      if (typeof answer === 'object' && answer !== null && 'ok' in answer) return answer as Answer;
    } catch {
      // Below.
    }
    throw this.#end('gone', `${method} its process wrote something that is no answer`);
  }

  /** Kills the process and waits until it is gone. */
  #end(kind: 'timeout' | 'gone', why: string, deaths = 1): SubjectError {
    if (this.#isRunning) {
      empty(this.#box);
      this.#post({ type: 'kill', why });
      while (this.#isRunning) {
        const letter = collect(this.#box, LAST_WORDS_MS);
        if (letter.kind !== 'answer') this.#isRunning = false;
        else {
          empty(this.#box);
          this.#post({ type: 'kill', why });
        }
      }
      this.#deaths += deaths;
      this.#lastDeath = why;
    }
    return new SubjectError(kind, why);
  }
}

/** Asks the admin API of a running load balancer, and turns each way in which that can fail into one line. */

import { EXIT_RUNTIME, EXIT_USAGE } from '../exit-codes.ts';
import type { Target } from './target.ts';

/** Longer than the API ever takes: it answers at once. */
const ANSWER_MS_MAX = 10_000;

/** What was asked for could not be done; the message is one line for the user. */
export class AdminFailure extends Error {
  override readonly name = 'AdminFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_RUNTIME) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The admin API at one address. */
export class AdminApi {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * @returns the JSON of the answer
   * @throws {AdminFailure} if there is no answer, or it is a refusal
   */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const response = await this.#fetch(path, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    try {
      return (await response.json()) as T;
    } catch {
      throw this.#notAdmin();
    }
  }

  /**
   * The events: those kept of the past, then each as it happens, until the signal.
   * @throws {AdminFailure} as `ask`, and when the other side ends the stream
   */
  async *events<T>(signal: AbortSignal): AsyncGenerator<T> {
    const { body, headers } = await this.#fetch('/events', { signal });
    if (body === null || headers.get('content-type') !== 'text/event-stream') {
      throw this.#notAdmin();
    }
    try {
      for await (const data of dataOf(body)) yield JSON.parse(data) as T;
    } catch {
      // As an end.
    }
    if (!signal.aborted) throw new AdminFailure('the load balancer has ended the stream of events');
  }

  async #fetch(path: string, options: RequestInit): Promise<Response> {
    const { url, token } = this.#target;
    let response: Response;
    try {
      response = await fetch(url + path, {
        ...options,
        // Elsewhere the token would be shown to another server.
        redirect: 'manual',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
    } catch (error) {
      throw new AdminFailure(`no answer from the admin API at ${url}: ${reasonOf(error)}`);
    }
    if (!response.ok) throw await this.#refusal(response);
    return response;
  }

  async #refusal(response: Response): Promise<AdminFailure> {
    const { status } = response;
    const said = await response.json().then(
      (body) => (body as { error?: unknown } | null)?.error,
      () => undefined,
    );
    if (typeof said !== 'string') return this.#notAdmin();
    if (status === 401) return new AdminFailure(`${said}: give --token, ADMIN_TOKEN or --config`);
    return new AdminFailure(said, BAD_INPUT.has(status) ? EXIT_USAGE : EXIT_RUNTIME);
  }

  #notAdmin(): AdminFailure {
    return new AdminFailure(`what answers at ${this.#target.url} is no admin API`);
  }
}

/** The data of server-sent events. */
async function* dataOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield data;
    }
  }
}

/** What was asked for cannot be: a value, or an id that no backend has. */
const BAD_INPUT: ReadonlySet<number> = new Set([400, 404]);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EHOSTUNREACH: 'no route to that host',
};

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `none in ${ANSWER_MS_MAX / 1000} s`;
  const { code, message: why } = (cause ?? {}) as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? why ?? message;
}

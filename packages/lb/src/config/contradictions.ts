/**
 * What no field can see alone: keys that contradict each other are errors, keys without effect are
 * warnings.
 */

import type { GroupFile, HealthFile, PassiveFile, RetryFile } from '@evenkeel/config';
import { HTTP_CHECK_KEYS } from '@evenkeel/config';
import type { Findings } from './findings.ts';
import { placeOf, type ServicePlace } from './place.ts';

/** Defaults of core that a value of the file can contradict. */
const BACKOFF_MAX_MS = 250;
const EJECTION_MAX_MS = 300_000;

/** What the classic way of retrying decides by itself. */
const NOT_CLASSIC = [
  'tries',
  'on',
  'statuses',
  'backoffBaseMs',
  'backoffMaxMs',
  'budget',
  'hedge',
] as const;

/** Errors in the policies of one service. */
export function policyContradictions(
  { health, passive, retries }: GroupFile,
  place: ServicePlace,
  findings: Findings,
): void {
  if (typeof health === 'object') healthContradictions(health, place, findings);
  if (typeof retries === 'object') retryContradictions(retries, place, findings);
  if (typeof passive === 'object') {
    const { baseMs, maxMs = EJECTION_MAX_MS } = passive.ejection ?? {};
    if (baseMs === undefined || baseMs <= maxMs) return;
    const path = [...placeOf(place, 'passive'), 'ejection', 'baseMs'];
    findings.wrong(path, `must be at most ejection.maxMs, which is ${maxMs}`, baseMs);
  }
}

function healthContradictions(health: HealthFile, place: ServicePlace, findings: Findings): void {
  const path = placeOf(place, 'health');
  if (health.type === 'tcp') {
    for (const key of HTTP_CHECK_KEYS.filter((name) => health[name] !== undefined)) {
      const message = 'must be left out with type: tcp, which asks for nothing';
      findings.problem({ path: [...path, key], message });
    }
  }
  if (health.method === 'HEAD' && health.body !== undefined) {
    const message = 'must be left out with method: HEAD, whose answers have none';
    findings.problem({ path: [...path, 'body'], message });
  }
}

function retryContradictions(retries: RetryFile, place: ServicePlace, findings: Findings): void {
  const path = placeOf(place, 'retries');
  const { classic, tries, hedge, backoffBaseMs, backoffMaxMs = BACKOFF_MAX_MS } = retries;
  if (tries === 1 && hedge !== undefined) {
    findings.wrong(
      [...path, 'tries'],
      'must be at least 2 with hedge, which is a second try',
      tries,
    );
  }
  if (classic === true) {
    for (const key of NOT_CLASSIC.filter((name) => retries[name] !== undefined)) {
      const message = 'must be left out with classic: true, which has rules of its own';
      findings.problem({ path: [...path, key], message });
    }
  } else if (backoffBaseMs !== undefined && backoffBaseMs > backoffMaxMs) {
    const expected = `must be at most backoffMaxMs, which is ${backoffMaxMs}`;
    findings.wrong([...path, 'backoffBaseMs'], expected, backoffBaseMs);
  }
}

/** Keys of one service's policies that have no effect. */
export function policyWarnings(
  { passive, retries }: GroupFile,
  place: ServicePlace,
  findings: Findings,
): void {
  const { maxFails, failTimeoutMs }: PassiveFile = typeof passive === 'object' ? passive : {};
  if (failTimeoutMs !== undefined && maxFails === undefined) {
    findings.warn(
      [...placeOf(place, 'passive'), 'failTimeoutMs'],
      'has no effect without maxFails',
    );
  }
  const { on = [], statuses }: RetryFile = typeof retries === 'object' ? retries : {};
  if (statuses !== undefined && !on.includes('status')) {
    findings.warn([...placeOf(place, 'retries'), 'statuses'], 'has no effect without on: [status]');
  }
}

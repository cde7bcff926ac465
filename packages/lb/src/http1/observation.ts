/** What an exchange observes of its request; one record, used again for each. Only its exchange writes it. */

import type { RequestObservation } from '../observer.ts';
import type { RequestEnd } from '../reasons.ts';

export class Observation implements RequestObservation {
  end: RequestEnd = 'complete';
  reason = '';
  backend = '';
  status = 0;
  attempts = 0;
  afterEvent = 0;
  requestBodyBytes = 0;
  responseBytes = 0;
  firstByteMs = 0;
  durationMs = 0;

  /** Forgets the request before. */
  begin(): void {
    this.end = 'complete';
    this.reason = '';
    this.backend = '';
    this.status = 0;
    this.attempts = 0;
    this.afterEvent = 0;
    this.requestBodyBytes = 0;
    this.responseBytes = 0;
    this.firstByteMs = 0;
    this.durationMs = 0;
  }
}

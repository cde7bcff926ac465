/** What a simulated backend needs from the simulation around it. */

import type { BackendOutcome, Job, Workplace } from './job.ts';
import type { ModelContext } from './models.ts';

/** Hears of the ends of attempts, and owns the records of jobs. */
export interface BackendHost extends Omit<ModelContext, 'concurrency' | 'room'> {
  readonly seed: number;
  /** The attempt is over; the job is the backend's to release. */
  ended(job: Job, outcome: BackendOutcome): void;
  /** The head of the answer arrives, the rest follows later; false: the balancer wants no more of it. */
  headSent(job: Job, status: number): boolean;
  release(job: Job): void;
  jobsOf(workplace: Workplace): Job[];
}

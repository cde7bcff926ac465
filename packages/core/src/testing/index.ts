/**
 * `@evenkeel/core/testing`: what shows whether an own strategy is right. The laws that every
 * strategy obeys, a fake fleet to call one by hand, and a clock that moves when it is told to.
 */

export { conformanceLaws, type Law, LawBroken, type LawScope, lawsFor } from './conformance.ts';
export { type FakeAttempt, FakeEndpoint, FakeFleet, requestWith } from './fake-fleet.ts';
export {
  LAB_SCHEMA,
  type LabFile,
  type LabWorld,
  type RawScenario,
  type Step,
  type StepEndpoint,
  type StepFilm,
} from './lab-file.ts';
export { ManualClock } from './manual-clock.ts';
export { StepRecorder } from './step-recorder.ts';

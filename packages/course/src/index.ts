/** @evenkeel/course: what an exercise's checks are written with. */

export { type Call, type Calls, type Comparison, comparisonCheck } from './checks/calls.ts';
export type { Check, CheckContext, ExerciseChecks, Numbers, Partly } from './checks/check.ts';
export { defineExercise } from './checks/check.ts';
export { candidatesCheck, conformanceCheck, frugalCheck } from './checks/conformance.ts';
export { CheckFailed } from './checks/failure.ts';
export { firstTurn, orderCheck } from './checks/order.ts';
export type { Pick, Plan, PlanShape, Referee, Step } from './checks/plan.ts';
export { type FleetLaw, fleetCheck } from './checks/property.ts';
export { expectRun, type ScenarioText, simulated } from './checks/simulated.ts';
export { recorded } from './checks/trace.ts';

/** @evenkeel/backends: the fake fleet. Real processes that can be made slow, flaky, frozen or dead. */

export { startFleet } from './fleet.ts';
export { type Account, type Accounts, type Entry, readJournal } from './journal/read.ts';
export type { BackendStats, StandingFault } from './messages.ts';
export { BackendError, type BackendErrorCode } from './supervisor/errors.ts';
export type { MemberState, MemberStatus } from './supervisor/member-status.ts';
export { freePort } from './supervisor/ports.ts';
export type { Fleet, FleetOptions } from './types.ts';

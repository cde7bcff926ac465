/** @evenkeel/backends: the fake fleet. Real processes that can be made slow, flaky, frozen or dead. */

export { type Fleet, type FleetOptions, startFleet } from './fleet.ts';
export { type Account, type Accounts, type Entry, readJournal } from './journal/read.ts';
export type { Figures, StandingFault } from './messages.ts';
export { BackendError } from './supervisor/channel.ts';
export type { MemberState, MemberStatus } from './supervisor/member.ts';

/** What faults do to requests and processes: one meaning for the simulator and the live fleet. */

export * from './backend-faults.ts';
export * from './fault-stack.ts';

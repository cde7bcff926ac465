/** `@evenkeel/core/stats`: the one histogram, mean and Student's t of the whole kit. */

export * from './hdr-encoding.ts';
export * from './histogram.ts';
export * from './mean.ts';
export * from './student.ts';
export * from './windows.ts';

/** @evenkeel/config: the keys of a configuration, what they may hold, and what is said of a wrong one. */

export * from './access-log.ts';
export * from './address.ts';
export type { BackendSettings } from './backend-settings.ts';
export * from './check.ts';
export * from './discovery.ts';
export * from './field-rules.ts';
export * from './fields.ts';
export * from './file-schema.ts';
export * from './foreign-request.ts';
export * from './limit-types.ts';
export * from './listeners.ts';
export * from './messages.ts';
export * from './operation-types.ts';
export { operationKeys } from './operations.ts';
export * from './policies.ts';
export * from './rate.ts';
export * from './statuses.ts';
export * from './template.ts';
export * from './trailers.ts';
export * from './types.ts';
export * from './units.ts';
export * from './yaml.ts';

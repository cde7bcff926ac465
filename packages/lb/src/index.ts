/** @evenkeel/lb: the load balancer as a library. */

export type {
  Address,
  BackendFile,
  BackendPatch,
  ConfigFile,
  DiscoveryFile,
  ForwardingFile,
  GroupFile,
  HealthFile,
  HttpLimits,
  HttpTimeouts,
  LogConfig,
  Route,
  ShutdownTimes,
  StrategyFile,
} from '@evenkeel/config';
export type { BackendStatus } from './backends.ts';
export { ConfigError, ConflictError, NotFoundError } from './config/error.ts';
export { loadConfigFile } from './config/load.ts';
export type { LoggedEvent } from './event-log.ts';
export type { ProgramLog } from './log/program-log.ts';
export type { BalancerEvents, Operable } from './operable.ts';
export { createLoadBalancer, type LoadBalancer, type LoadBalancerOptions } from './server.ts';

/** @evenkeel/lb: the load balancer as a library. */

export type { BackendStatus } from './backends.ts';
export type { Address } from './config/address.ts';
export { ConfigError } from './config/error.ts';
export { loadConfigFile } from './config/load.ts';
export type {
  BackendFile,
  ConfigFile,
  ForwardingFile,
  GroupFile,
  HealthFile,
  LogConfig,
  Route,
  ShutdownTimes,
  StrategyFile,
} from './config/types.ts';
export type { HttpLimits, HttpTimeouts } from './http1/settings.ts';
export type { ProgramLog } from './log/program-log.ts';
export { createLoadBalancer, type LoadBalancer, type LoadBalancerOptions } from './server.ts';

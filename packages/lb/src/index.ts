/** @evenkeel/lb: the load balancer as a library. */

export type {
  Address,
  BackendFile,
  ConfigFile,
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
export { ConfigError } from './config/error.ts';
export { loadConfigFile } from './config/load.ts';
export type { ProgramLog } from './log/program-log.ts';
export { createLoadBalancer, type LoadBalancer, type LoadBalancerOptions } from './server.ts';

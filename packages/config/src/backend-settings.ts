/** How a backend is used: of each backend that is written down, and of all that one source finds. */

import { z } from 'zod';
import { decimal, flag, integer } from './fields.ts';

/** How a backend is used. */
export interface BackendSettings {
  /** Share of traffic, > 0; default 1. */
  readonly weight?: number;
  /** Used only while no other is ready. */
  readonly backup?: boolean;
  /** Most requests at once; 0 (default) is no limit. */
  readonly maxConnections?: number;
  /** 0 (default) is used first; a level spills over to the next as its health sinks. */
  readonly priority?: number;
}

const optional = z.exactOptional;

/** A share of traffic. */
export const weight: z.ZodNumber = decimal(0.001, 1_000_000);

/** The keys of `BackendSettings`. */
export const backendSettings: {
  readonly weight: z.ZodExactOptional<z.ZodNumber>;
  readonly backup: z.ZodExactOptional<z.ZodBoolean>;
  readonly maxConnections: z.ZodExactOptional<z.ZodInt>;
  readonly priority: z.ZodExactOptional<z.ZodInt>;
} = {
  weight: optional(weight),
  backup: optional(flag()),
  maxConnections: optional(integer(0, 1_000_000)),
  priority: optional(integer(0, 100)),
};

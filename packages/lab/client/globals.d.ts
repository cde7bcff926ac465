/** What the build puts into the page's script. */

/** The bundle of worker.ts, as a text. */
declare const WORKER_CODE: string;
/** The library of scenarios: YAML by name. */
declare const LIBRARY: Readonly<Record<string, string>>;

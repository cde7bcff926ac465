/** From a browser's trace to the work of each frame. */

/** One event of Chrome's trace format: times in µs, `tdur` the time on the processor. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** What happened from one frame to the next one. */
export interface FrameWork {
  /** Our script: the frame's callback, and the answers of workers that came before it. Time that passed. */
  readonly workMs: number;
  /** The same, as time on the processor. */
  readonly workCpuMs: number;
  /** All tasks of the main thread, as time on the processor. */
  readonly allCpuMs: number;
}

const FRAME = 'FireAnimationFrame';
/** Events whose whole length is our script. */
const SCRIPT = new Set([FRAME, 'EventDispatch', 'HandlePostMessage', 'TimerFire', 'RunMicrotasks']);
const TASK = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);

/** Events that do not lie within another one of the list. */
function outermost(events: readonly TraceEvent[]): TraceEvent[] {
  const sorted = [...events].sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let end = Number.NEGATIVE_INFINITY;
  return sorted.filter(({ ts, dur = 0 }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}

/** The frames of the thread that had most of them: the page's main thread. */
export function framesOf(trace: Buffer): FrameWork[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const complete = traceEvents.filter(({ ph }) => ph === 'X');
  const threads = Map.groupBy(
    complete.filter(({ name }) => name === FRAME),
    ({ pid, tid }) => `${pid} ${tid}`,
  );
  const [main] = [...threads].sort(([, a], [, b]) => b.length - a.length);
  if (main === undefined) return [];
  const ofMain = complete.filter(({ pid, tid }) => `${pid} ${tid}` === main[0]);
  const script = outermost(ofMain.filter(({ name }) => SCRIPT.has(name)));
  const tasks = outermost(ofMain.filter(({ name }) => TASK.has(name)));
  const ends = script.filter(({ name }) => name === FRAME).map(({ ts, dur = 0 }) => ts + dur);
  return ends.slice(1).map((end, i) => {
    const isWithin = ({ ts }: TraceEvent): boolean => ts >= (ends[i] ?? 0) && ts < end;
    const sum = (events: readonly TraceEvent[], of: 'dur' | 'tdur'): number =>
      events.filter(isWithin).reduce((total, event) => total + (event[of] ?? 0), 0) / 1000;
    return {
      workMs: sum(script, 'dur'),
      workCpuMs: sum(script, 'tdur'),
      allCpuMs: sum(tasks, 'tdur'),
    };
  });
}

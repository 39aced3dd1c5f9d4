import type { JobState, StageflowEvent } from '@stageflow/engine/event';
import { nextState } from '@stageflow/engine/fsm';
import { canonicalJson, type JobView, reduce, reduceAll } from '@stageflow/engine/view';

/** One event of a history and what it changed. */
export interface Step {
  readonly event: StageflowEvent;
  readonly from: JobState;
  readonly to: JobState;
  /** Why the table refuses the event here; null when it does not. */
  readonly refused: string | null;
  readonly view: JobView | null;
}

/** Folds a history through the state machine and the view, one event at a time. */
export function* replay(events: readonly StageflowEvent[]): Generator<Step> {
  let state: JobState = 'PENDING';
  let view: JobView | null = null;
  for (const event of events) {
    const next = nextState(state, event);
    view = reduce(view, event);
    yield {
      event,
      from: state,
      to: next.ok ? next.value : state,
      refused: next.ok ? null : `${event.type} (seq ${event.seq}) cannot happen in ${state}`,
      view,
    };
    if (next.ok) state = next.value;
  }
}

/**
 * What is wrong between a job's events and what is stored of it, in words; empty when nothing is. `stored` is the projection's row, folded to
 * its own seq; null where none is kept. `state` is the job's row: an open job may not have received its newest event yet.
 */
export function differences(
  events: readonly StageflowEvent[],
  stored: { readonly json: string; readonly seq: number } | null,
  state: JobState,
): readonly string[] {
  const steps = [...replay(events)];
  const last = steps.at(-1);
  const gap = events.findIndex((event, at) => event.seq !== at + 1);
  const rebuilt =
    stored &&
    reduceAll(
      null,
      events.filter((event) => event.seq <= stored.seq),
    );
  const ended = state === 'DONE' || state === 'FAILED';
  return [
    ...steps.flatMap((step) => (step.refused === null ? [] : [step.refused])),
    ...(gap >= 0 ? [`the event with seq ${gap + 1} is missing`] : []),
    ...(ended && last && last.to !== state ? [`its row says ${state}, its events lead to ${last.to}`] : []),
    ...(last?.view && last.view.state !== last.to ? [`the view says ${last.view.state}, the table ${last.to}`] : []),
    ...(stored && (rebuilt === null || canonicalJson(rebuilt) !== stored.json)
      ? [`the stored view at seq ${stored.seq} is not the one that is folded from the events`]
      : []),
  ];
}

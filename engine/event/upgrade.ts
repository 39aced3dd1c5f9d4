import { StageflowError } from '../kernel/index.ts';
import { EVENTS, type EventType } from './catalog.ts';

/** Turns the `data` of one version into that of the next. Pure; what it gives is checked by the newest schema. */
export type UpgradeStep = (data: Record<string, unknown>) => Record<string, unknown>;

/** Steps of each event type: the first leads from version 1 to 2, the next from 2 to 3. A type without a row never changed. */
export const UPGRADES: { readonly [T in EventType]?: readonly UpgradeStep[] } = {};

/** The known steps and newest version of one event type. */
export interface Lineage {
  readonly version: number;
  readonly steps: readonly UpgradeStep[];
}

/** The lineage of a type as this program knows it. */
export function lineageOf(type: EventType): Lineage {
  return { version: EVENTS[type].version, steps: UPGRADES[type] ?? [] };
}

/** Lifts `data` of `version` to the newest one, step by step; a version from the future or without a step is refused. */
export function upgrade(type: string, version: number, data: unknown, lineage: Lineage): unknown {
  if (version > lineage.version) throw new StageflowError('future_event', { type, version });
  let lifted = data;
  for (let at = version; at < lineage.version; at += 1) {
    const step = lineage.steps[at - 1];
    if (step === undefined || typeof lifted !== 'object' || lifted === null) {
      throw new StageflowError('bad_event', { reason: `${type} version ${at} cannot be upgraded` });
    }
    lifted = step(lifted as Record<string, unknown>);
  }
  return lifted;
}

import { StageflowError } from '@stageflow/engine/kernel';
import type { GatePolicy } from '@stageflow/engine/report';
import { type Manifest, SEVERITIES, type Severity } from '@stageflow/engine/scanner';

/** The severity that `--fail-on` names; null when it was not given. */
export function readFailOn(text: string | undefined): Severity | null {
  if (text === undefined) return null;
  const found = SEVERITIES.find((severity) => severity === text);
  if (found) return found;
  const reason = `it must be one of ${SEVERITIES.join(', ')}`;
  throw new StageflowError('bad_option', { option: '--fail-on', value: text, reason });
}

/** Names under which a module's numbers can be asked for: the module itself, each score, and both joined. */
function namesOf({ id, scores }: Pick<Manifest, 'id' | 'scores'>): string[] {
  const own = Object.keys(scores);
  return own.length === 0 ? [] : [id, ...own, ...own.map((score) => `${id}-${score}`)];
}

type Scored = Pick<Manifest, 'id' | 'scores'>;

/**
 * The least scores that `--min-score` asks for. A name that no module gives is refused (`bad_option`) now, with the names that there are. One
 * that only a module gives which is not part of this scan stays: a missing score never passes.
 */
export function readMinScore(texts: readonly string[], known: readonly Scored[]): GatePolicy['minScore'] {
  return Object.fromEntries(
    texts.map((text) => {
      const bad = (reason: string) => new StageflowError('bad_option', { option: '--min-score', value: text, reason });
      const [, name = '', number = '', percent = ''] = /^([a-z0-9-]+)=(-?\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
      const value = Number(number);
      if (name === '') throw bad('it must look like performance=90');
      if (value > 0 && value < 1)
        throw bad(`scores go from 0 to 100; did you mean ${name}=${Math.round(value * 100)}?`);
      if (value < 0 || value > 100) throw bad('scores go from 0 to 100');
      if (percent !== '') throw bad(`scores are plain numbers; did you mean ${name}=${number}?`);
      if (!known.some((module) => namesOf(module).includes(name))) throw bad(whyNoScore(name, known));
      return [name, value];
    }),
  );
}

function whyNoScore(name: string, known: readonly Scored[]): string {
  const there = `the scores are ${[...new Set(known.flatMap(namesOf))].join(', ')}`;
  return known.some(({ id }) => id === name)
    ? `${name} gives findings, not a score; ${there}`
    : `no module gives a score called ${name}; ${there}`;
}

import type { ModuleScore } from '@stageflow/engine/report-schema';
import { Glyph } from '../ui/severity.tsx';
import { count } from './words.ts';
import { useModel } from './model.ts';
import styles from './score-strips.module.css';

/** Dots drawn on one track; beyond it the spread says enough. */
const MOST_DOTS = 200;

/** One strip per number: the value, a word for it, and every page as a dot on the track. */
export function ScoreStrips() {
  const { report, pages } = useModel();
  const strips = report.scanners.flatMap((scanner) => scanner.scores.map((score) => ({ scanner, score })));
  const without = report.scanners.filter((s) => s.scores.length === 0);
  const notes = [...new Set(strips.flatMap(({ score }) => score.review ?? []))];
  if (strips.length === 0) return null;
  return (
    <section aria-labelledby="scores">
      <h2 id="scores">Scores</h2>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Module</th>
            <th scope="col">Score</th>
            <th scope="col" className={styles['numeric']}>
              0–100
            </th>
            <th scope="col">Word</th>
            <th scope="col" className={styles['trackHead']}>
              Pages
            </th>
          </tr>
        </thead>
        <tbody>
          {strips.map(({ scanner, score }) => (
            <tr key={`${scanner.id} ${score.id}`}>
              <td className={styles['quiet']}>{scanner.title}</td>
              <th scope="row" className={styles['name']}>
                {score.title}
              </th>
              <td className={styles['value']}>{score.value ?? <span title={score.reason ?? ''}>–</span>}</td>
              <td>
                {score.band ?? <span className={styles['quiet']}>{score.reason ?? 'not measured'}</span>}
                {score.review !== null && (
                  <span className={styles['review']} title={score.review}>
                    <Glyph mark="review" /> needs review
                  </span>
                )}
              </td>
              <td>
                <Track score={score} nameOf={(id) => pages.get(id)?.path ?? id} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {notes.map((note) => (
        <p key={note} className={styles['note']}>
          <Glyph mark="review" /> {note} Allow the hosts with --allow-assets to measure the whole page.
        </p>
      ))}
      {without.length > 0 && (
        <p className={styles['note']}>{without.map((s) => s.title).join(', ')}: findings, no number.</p>
      )}
    </section>
  );
}

function Track({ score, nameOf }: { readonly score: ModuleScore; readonly nameOf: (id: string) => string }) {
  const measured = score.pages.filter((p) => p.value !== null);
  if (measured.length === 0) return null;
  const [low, high] = score.spread ?? [0, 0];
  const text =
    measured.length === 1 ? nameOf(measured[0]?.pageId ?? '') : `${count(measured.length, 'page')}, ${low} to ${high}`;
  return (
    <div className={styles['track']}>
      <svg viewBox="0 0 208 16" width="208" height="16" aria-hidden="true" focusable="false">
        <path d="M4 8h200" className={styles['axis']} />
        <path d="M104 4v8M184 4v8" className={styles['axis']} />
        {measured.slice(0, MOST_DOTS).map((p) => (
          <circle key={p.pageId} cx={4 + 2 * (p.value ?? 0)} cy="8" r="4" className={styles['dot']}>
            <title>{`${nameOf(p.pageId)}: ${p.value}`}</title>
          </circle>
        ))}
      </svg>
      <span className={styles['quiet']}>{text}</span>
    </div>
  );
}

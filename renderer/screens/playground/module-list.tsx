import type { Scanner } from '../../api/schema.ts';
import { costOf, costWords, type Plan } from './estimate.ts';
import styles from './module-list.module.css';

/** Which modules look at the pages, with what each costs. */
export function ModuleList({
  scanners,
  chosen,
  plan,
  choose,
}: {
  readonly scanners: readonly Scanner[];
  readonly chosen: readonly Scanner[];
  readonly plan: Plan;
  readonly choose: (ids: readonly string[]) => void;
}) {
  const ids = new Set(chosen.map(({ id }) => id));
  const [least, most] = plan.pages;
  const pages =
    least === most
      ? `${most.toLocaleString('en')} ${most === 1 ? 'page' : 'pages'}`
      : `up to ${most.toLocaleString('en')} pages`;
  return (
    <fieldset className={styles['modules']} aria-describedby="modules-pages">
      <legend>Modules</legend>
      <p id="modules-pages" className={styles['pages']}>
        For {pages}
      </p>
      <ul>
        {scanners.map((scanner) => (
          <li key={scanner.id}>
            <label className={styles['module']}>
              <input
                type="checkbox"
                checked={ids.has(scanner.id)}
                onChange={(event) =>
                  choose(
                    scanners
                      .map(({ id }) => id)
                      .filter((id) => (id === scanner.id ? event.target.checked : ids.has(id))),
                  )
                }
                aria-describedby={`${scanner.id}-about`}
              />
              <span className={styles['title']}>{scanner.title}</span>
              <span className={styles['cost']}>adds {costWords(costOf(scanner, plan))}</span>
              <span id={`${scanner.id}-about`} className={styles['about']}>
                {scanner.summary}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

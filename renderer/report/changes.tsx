import { usePrinting } from '../ui/printing.ts';
import { useModel } from './model.ts';
import styles from './overview.module.css';
import { linkTo } from './route.ts';

/** What became of causes since the earlier report, when there is one to compare with. */
export function Changes() {
  const { baseline } = useModel();
  const printing = usePrinting();
  if (baseline === null) return null;
  const { name, fixed, same, notComparable, cautions } = baseline;
  const nothing = baseline.new.size === 0 && fixed.length === 0;
  return (
    <div className={styles['changes']}>
      <p>
        Since {name}:{' '}
        {nothing ? (
          'nothing changed'
        ) : (
          <>
            {baseline.new.size === 0 ? (
              'nothing new'
            ) : (
              <a href={linkTo('findings', { since: 'new' })}>{baseline.new.size.toLocaleString('en')} new</a>
            )}
            , {fixed.length.toLocaleString('en')} fixed
          </>
        )}
        , {same.toLocaleString('en')} the same
        {notComparable > 0 && `, ${notComparable.toLocaleString('en')} not comparable`}.
      </p>
      {cautions.map((caution) => (
        <p key={caution} className={styles['quiet']}>
          {caution}
        </p>
      ))}
      {fixed.length > 0 && (
        <details {...(printing ? { open: true } : {})}>
          <summary>What was fixed</summary>
          <ul>
            {fixed.slice(0, 50).map(({ title, severity, outcome }, i) => (
              <li key={i}>
                {title} <span className={styles['quiet']}>{outcome === 'fail' ? severity : 'needs review'}</span>
              </li>
            ))}
          </ul>
          {fixed.length > 50 && <p className={styles['quiet']}>and {fixed.length - 50} more</p>}
        </details>
      )}
    </div>
  );
}

import { useRef } from 'react';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { localHosts, readAddresses } from './addresses.ts';
import styles from './fields.module.css';

const SHOWN_FAULTS = 5;

/** The half for addresses: one a line, with the line's number beside it and what is wrong with it below. */
export function AddressField() {
  const { text, file, follow, allowLocal } = useApp((state) => state.draft);
  const changeDraft = useApp((state) => state.changeDraft);
  const isAdmin = useApp(may('admin'));
  const gutter = useRef<HTMLOListElement>(null);
  const { urls, faults, repeated } = readAddresses(text);
  const wrong = new Set(faults.map(({ line }) => line));
  const lines = text.split('\n').length;
  const local = localHosts(urls);
  return (
    <section className={`${styles['half']} ${file === null ? '' : styles['aside']}`} aria-labelledby="addresses-name">
      <h2 id="addresses-name">
        <label htmlFor="addresses">Addresses</label>
      </h2>
      <div className={styles['lines']}>
        <ol ref={gutter} className={styles['gutter']} aria-hidden="true">
          {Array.from({ length: Math.min(lines, 10_000) }, (_, at) => (
            <li key={at} className={wrong.has(at + 1) ? styles['wrong'] : undefined}>
              {at + 1}
            </li>
          ))}
        </ol>
        <textarea
          id="addresses"
          value={text}
          onChange={(event) => changeDraft({ text: event.target.value })}
          onScroll={({ currentTarget }) => {
            if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
          aria-describedby="addresses-state"
          aria-invalid={file === null && faults.length > 0}
          placeholder={'https://www.example.org\nOne address on each line'}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          wrap="off"
          autoFocus
        />
      </div>
      <div id="addresses-state" className={styles['state']}>
        {file !== null && <p>The archive is scanned. Remove it to scan addresses.</p>}
        {file === null && (
          <ul>
            {faults.slice(0, SHOWN_FAULTS).map(({ line, reason }) => (
              <li key={line} className={styles['fault']}>
                Line {line} {reason}.
              </li>
            ))}
            {faults.length > SHOWN_FAULTS && (
              <li className={styles['fault']}>And {faults.length - SHOWN_FAULTS} more.</li>
            )}
            {repeated > 0 && (
              <li>{repeated === 1 ? 'One line is' : `${repeated} lines are`} given twice and count once.</li>
            )}
          </ul>
        )}
      </div>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={follow}
          disabled={file !== null}
          onChange={(event) => changeDraft({ follow: event.target.checked })}
        />
        Follow links from these pages
      </label>
      {local.length > 0 && isAdmin && (
        <label className={styles['check']}>
          <input
            type="checkbox"
            checked={allowLocal}
            onChange={(event) => changeDraft({ allowLocal: event.target.checked })}
          />
          <span>
            Allow <code>{local.join(', ')}</code>: a private address, reached from the server
          </span>
        </label>
      )}
      {local.length > 0 && !isAdmin && (
        <p className={styles['fault']}>A private address is scanned for administrators alone.</p>
      )}
    </section>
  );
}

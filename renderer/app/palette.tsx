import { useEffect, useState } from 'react';
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete';
import { Input } from 'react-aria-components/Input';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { SearchField } from 'react-aria-components/SearchField';
import { call } from '../api/call.ts';
import type { JobSummary } from '../api/schema.ts';
import { useApp } from '../state/store.ts';
import { Overlay } from '../ui/overlay.tsx';
import { navigate } from './location.ts';
import styles from './palette.module.css';
import { keyNames } from './shortcuts.ts';

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly hint: string;
  readonly run: () => void;
}

/** Commands that hold here and the newest runs, found by typing. */
export default function Palette() {
  const groups = useApp((state) => state.shortcutGroups);
  const { contains } = useFilter({ sensitivity: 'base' });
  const [jobs, setJobs] = useState<readonly JobSummary[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    call('GET /api/v1/jobs', { query: { limit: 20 }, signal: stop.signal }).then(
      (answer) => setJobs(answer.jobs),
      // Without runs there are still the commands.
      () => {},
    );
    return () => stop.abort();
  }, []);
  const close = () => useApp.getState().showOverlay(null);
  const commands = groups.toReversed().flatMap(({ shortcuts }) =>
    shortcuts
      .filter(({ command }) => command)
      .map(
        ({ keys, label, run }): Entry => ({
          id: `command ${label}`,
          text: label,
          hint: keyNames(keys).join(' '),
          run: () => run(new KeyboardEvent('keydown')),
        }),
      ),
  );
  const runs = jobs.map(
    ({ id, label, source, state, startedAt }): Entry => ({
      id,
      text: label ?? source,
      hint: new Date(startedAt).toLocaleString(),
      run: () => navigate(state === 'DONE' ? `/scan/${id}/report` : `/scan/${id}`),
    }),
  );
  const entries = new Map([...commands, ...runs].map((entry) => [entry.id, entry]));
  return (
    <Overlay label="Find a command or run" onClose={close}>
      <Autocomplete filter={contains}>
        <SearchField className={styles['field'] ?? ''} aria-label="Find a command or run" autoFocus>
          <Input className={styles['input'] ?? ''} placeholder="Type a command, a site or a job" />
        </SearchField>
        <Menu
          className={styles['list'] ?? ''}
          aria-label="Commands and runs"
          items={entries.values()}
          onAction={(key) => {
            close();
            entries.get(String(key))?.run();
          }}
          renderEmptyState={() => <p className={styles['none']}>Nothing of that name.</p>}
        >
          {(entry) => (
            <MenuItem className={styles['entry'] ?? ''} textValue={entry.text}>
              <bdi>{entry.text}</bdi>
              <span className={styles['hint']}>{entry.hint}</span>
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </Overlay>
  );
}

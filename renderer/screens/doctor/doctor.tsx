import { useState } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import { desktop } from '../../api/desktop.ts';
import { SERVER } from '../../api/place.ts';
import type { Doctor as DoctorAnswer, MachineCheck } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { copyText } from '../../state/attempt.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { AgainButton, Empty, Show } from '../../ui/states.tsx';
import { CheckRow } from './check-row.tsx';
import styles from './doctor.module.css';
import { MachineSteps } from './machine-steps.tsx';

/** Every part of the machine that a scan needs, and the one command that mends what is missing. */
export default function Doctor() {
  return useApp(may('admin')) ? (
    <Checks />
  ) : (
    <Empty title="Only administrators see the machine">
      Its checks name programs and folders of the server. Whether it takes new work stands at the top of this window.
    </Empty>
  );
}

function Checks() {
  const loaded = useLoaded('doctor', (signal) => call('GET /api/v1/doctor', { signal }));
  const text = loaded.status === 'ready' ? asText(loaded.value.checks) : '';
  const copy = () => copyText(text, 'Copied. Nothing of your scans is in it.');
  useShortcuts('Doctor', [
    { keys: 'r', label: 'Check again', command: true, run: loaded.reload },
    { keys: 'y', label: 'Copy the diagnostics', command: true, run: () => void copy() },
  ]);
  return (
    <div className={styles['doctor']}>
      <h1>Doctor</h1>
      {desktop !== null && SERVER === null && <MachineSteps desktop={desktop} onMended={loaded.reload} />}
      <Show of={loaded} what="the checks of this machine">
        {(found) => (
          <>
            <p className={styles['verdict']} role="status">
              {verdictOf(found)}
            </p>
            <p className={styles['acts']}>
              <AgainButton word="Check again" again={loaded.again} act={loaded.reload} />
              <button type="button" onClick={() => void copy()}>
                Copy diagnostics
              </button>
            </p>
            <CheckList checks={found.checks} />
          </>
        )}
      </Show>
    </div>
  );
}

const isTrouble = ({ status }: MachineCheck) => status === 'missing' || status === 'broken';

function verdictOf({ canScan, checks }: DoctorAnswer): string {
  const missing = checks.filter(isTrouble).length;
  const limited = checks.filter(({ status }) => status === 'warning').length;
  if (!canScan) {
    return `${missing === 1 ? 'One part' : `${missing} parts`} of ${checks.length} must be mended before this machine can scan.`;
  }
  const parts = [
    limited === 0 ? '' : limited === 1 ? 'with one limitation' : `with ${limited} limitations`,
    missing === 0 ? '' : 'the next scan brings what is missing',
  ].filter((part) => part !== '');
  return parts.length === 0
    ? 'This machine can scan. Every part is in order.'
    : `This machine can scan: ${parts.join(', and ')}.`;
}

/** What needs a person stands open at the top; what is in order is one line. */
function CheckList({ checks }: { readonly checks: readonly MachineCheck[] }) {
  const [all, setAll] = useState(false);
  const needy = checks.filter((check) => isTrouble(check) || check.status === 'warning');
  const rest = checks.filter((check) => !needy.includes(check));
  return (
    <>
      <ul className={styles['list']}>
        {needy.map((check) => (
          <CheckRow key={check.id} check={check} />
        ))}
      </ul>
      {rest.length > 0 && (
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Hide' : 'Show'} the {rest.length} parts that are in order
        </button>
      )}
      {all && (
        <ul className={styles['list']}>
          {rest.map((check) => (
            <CheckRow key={check.id} check={check} />
          ))}
        </ul>
      )}
    </>
  );
}

function asText(checks: readonly MachineCheck[]): string {
  return checks
    .map(
      ({ title, status, detail, fix }) => `${status.padEnd(8)} ${title}: ${detail}${fix === null ? '' : ` [${fix}]`}`,
    )
    .join('\n');
}

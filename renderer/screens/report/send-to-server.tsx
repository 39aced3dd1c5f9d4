import Send from 'lucide-react/icons/send';
import { useState } from 'react';
import type { Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { asProblem } from '../../api/problem.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import styles from './report.module.css';

/** On the desktop: moves the run to a server that it knows; nothing where it knows none. */
export function SendToServer({ id, desktop }: { readonly id: string; readonly desktop: Desktop }) {
  const loaded = useLoaded('servers', () => askDesktop(desktop, 'servers.read', {}));
  const [sending, setSending] = useState<string | null>(null);
  const servers = loaded.status === 'ready' ? loaded.value : [];
  if (servers.length === 0) return null;
  const send = async (name: string) => {
    const { notify } = useApp.getState();
    setSending(name);
    try {
      const { address } = await askDesktop(desktop, 'servers.send', { jobId: id, name });
      notify('done', `The report is on ${name}: ${address}`);
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    } finally {
      setSending(null);
    }
  };
  return (
    <details className={styles['forms']}>
      <summary>
        <Send size={16} aria-hidden="true" /> {sending === null ? 'Send to' : `Sending to ${sending}…`}
      </summary>
      <ul>
        {servers.map(({ name }) => (
          <li key={name}>
            <button type="button" disabled={sending !== null} onClick={() => void send(name)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

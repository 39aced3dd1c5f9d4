import { useEffect, useState } from 'react';
import type { CallAnswer, Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { attempt, copyText } from '../../state/attempt.ts';
import styles from './doctor.module.css';

type Machine = CallAnswer<'machine.read'>;
type Step = Machine['steps'][number];

const WORDS: Readonly<Record<Step['state'], string>> = {
  done: 'in order',
  now: 'to be mended',
  waits: 'under way',
  later: 'later',
};

/** On the desktop, as long as Podman is not ready: the way there, step by step, what this app can do about each, and the way around it all. */
export function MachineSteps({ desktop, onMended }: { readonly desktop: Desktop; readonly onMended: () => void }) {
  const [machine, setMachine] = useState<Machine | null>(null);
  useEffect(() => {
    const stop = desktop.on('machine', setMachine);
    void attempt(async () => setMachine(await askDesktop(desktop, 'machine.read', {})));
    return stop;
  }, [desktop]);
  const isReady = machine?.steps.every(({ state }) => state === 'done') ?? false;
  const isMended = isReady && (machine?.said.length ?? 0) > 0;
  // What was mended here is seen by the checks below too.
  useEffect(() => {
    if (isMended) onMended();
  }, [isMended, onMended]);
  if (machine === null || isReady) return null;
  const mend = (act: NonNullable<Machine['doing']>) =>
    attempt(async () => setMachine(await askDesktop(desktop, 'machine.mend', { act })));
  return (
    <section aria-labelledby="way">
      <h2 id="way">The way to the first scan</h2>
      <ol className={styles['list']}>
        {machine.steps.map((step) => (
          <li key={step.id} aria-current={step.state === 'now' ? 'step' : undefined}>
            <p>
              <strong>{step.title}</strong>: {WORDS[step.state]}. {step.detail}
            </p>
            {step.state !== 'done' && (
              <p className={styles['acts']}>
                <Mending step={step} doing={machine.doing} mend={mend} />
                <a className="button" href="/settings">
                  Use a remote server instead
                </a>
              </p>
            )}
          </li>
        ))}
      </ol>
      {machine.said.length > 0 && (
        <pre className={styles['said']} aria-label="What Podman says" role="log">
          {machine.said.join('\n')}
        </pre>
      )}
    </section>
  );
}

function Mending({
  step: { remedy },
  doing,
  mend,
}: {
  readonly step: Step;
  readonly doing: Machine['doing'];
  readonly mend: (act: NonNullable<Machine['doing']>) => Promise<void>;
}) {
  if (remedy === null) return null;
  if (remedy.by === 'app')
    return (
      <button type="button" className="primary" disabled={doing !== null} onClick={() => void mend(remedy.act)}>
        {doing === remedy.act ? 'Under way…' : remedy.word}
      </button>
    );
  return (
    <>
      <code>{remedy.command}</code>
      <button type="button" onClick={() => void copyText(remedy.command, 'Copied.')}>
        Copy the command
      </button>
    </>
  );
}

import type { ReactNode } from 'react';
import { useApp } from '../../state/store.ts';
import { AccessFields } from './access-fields.tsx';
import styles from './choices.module.css';
import { Field, TextField } from './field.tsx';
import { USUAL_PAGES } from './plan.ts';

/** How the scan is done: pages, device, limits, and what few people need. What only Lighthouse obeys is greyed out when it is not chosen. */
export function Choices({ lighthouse }: { readonly lighthouse: boolean }) {
  const draft = useApp((state) => state.draft);
  const change = useApp((state) => state.changeDraft);
  const zip = draft.file !== null;
  return (
    <>
      <div className={styles['rows']}>
        <fieldset disabled={!lighthouse}>
          <legend>Lighthouse looks at</legend>
          <Radio name="sample" value="template" now={draft.sample} set={(sample) => change({ sample })}>
            one page per template
          </Radio>
          <Radio name="sample" value="all" now={draft.sample} set={(sample) => change({ sample })}>
            every page
          </Radio>
        </fieldset>
        <fieldset>
          <legend>Device</legend>
          <Radio name="device" value="desktop" now={draft.device} set={(device) => change({ device })}>
            Desktop
          </Radio>
          <Radio name="device" value="mobile" now={draft.device} set={(device) => change({ device })}>
            Phone
          </Radio>
        </fieldset>
        <Field label="Most pages">
          {(id) => (
            <input
              id={id}
              inputMode="numeric"
              value={draft.maxPages}
              placeholder={String(zip ? USUAL_PAGES.zip : USUAL_PAGES.crawl)}
              onChange={(event) => change({ maxPages: event.target.value })}
            />
          )}
        </Field>
        <Field label="Lighthouse runs a page">
          {(id) => (
            <select
              id={id}
              value={draft.lighthouseRuns}
              disabled={!lighthouse}
              onChange={(event) => change({ lighthouseRuns: Number(event.target.value) })}
            >
              {[1, 3, 5].map((runs) => (
                <option key={runs} value={runs}>
                  {runs === 1 ? '1, quick' : `${runs}, median`}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Time limit, minutes">
          {(id) => (
            <input
              id={id}
              inputMode="numeric"
              value={draft.minutes}
              placeholder="60"
              onChange={(event) => change({ minutes: event.target.value })}
            />
          )}
        </Field>
      </div>
      <details className={styles['more']}>
        <summary>More: name, {zip ? 'assets and production address' : 'sign-in and robots.txt'}</summary>
        <div className={styles['fields']}>
          <TextField label="Name of this run" hint="Shown in lists instead of the address." name="label" />
          {zip ? (
            <>
              <TextField
                label="Production address"
                hint="Where this build will live: its own links and canonicals are then judged as such."
                name="siteUrl"
                placeholder="https://www.example.org"
              />
              <TextField
                label="Hosts that assets may come from"
                hint="Everything else on the web is out of reach for an archive."
                name="allowAssets"
                placeholder="cdn.example.org fonts.example.org"
              />
            </>
          ) : (
            <>
              <AccessFields />
              <label className={styles['check']}>
                <input
                  type="checkbox"
                  checked={draft.robots}
                  onChange={(event) => change({ robots: event.target.checked })}
                />
                Obey robots.txt
              </label>
            </>
          )}
        </div>
      </details>
    </>
  );
}

function Radio<T extends string>({
  name,
  value,
  now,
  set,
  children,
}: {
  readonly name: string;
  readonly value: T;
  readonly now: T;
  readonly set: (value: T) => void;
  readonly children: ReactNode;
}) {
  return (
    <label className={styles['check']}>
      <input type="radio" name={name} checked={now === value} onChange={() => set(value)} />
      {children}
    </label>
  );
}

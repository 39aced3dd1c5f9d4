import { type ReactNode, useId } from 'react';
import type { Draft } from '../../state/draft/slice.ts';
import { useApp } from '../../state/store.ts';
import styles from './choices.module.css';

/** A labelled control with a hint below it. */
export function Field({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly children: (id: string, hintId: string | undefined) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{label}</label>
      {children(id, hint === undefined ? undefined : `${id}-hint`)}
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles['hint']}>
          {hint}
        </p>
      )}
    </div>
  );
}

type TextName = {
  [K in keyof Draft]: Draft[K] extends string ? (string extends Draft[K] ? K : never) : never;
}[keyof Draft];

/** A line of text of the draft. */
export function TextField({
  label,
  hint,
  name,
  placeholder,
  secret = false,
}: {
  readonly label: string;
  readonly hint: string;
  readonly name: TextName;
  readonly placeholder?: string;
  readonly secret?: boolean;
}) {
  const value = useApp((state) => state.draft[name]);
  const change = useApp((state) => state.changeDraft);
  return (
    <Field label={label} hint={hint}>
      {(id, hintId) => (
        <input
          id={id}
          type={secret ? 'password' : 'text'}
          autoComplete={secret ? 'new-password' : 'off'}
          aria-describedby={hintId}
          value={value}
          placeholder={placeholder}
          onChange={(event) => change({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}
